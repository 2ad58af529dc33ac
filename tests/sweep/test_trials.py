"""Which trials of a sweep are done, and whose folders are another's."""

import shutil
from contextlib import nullcontext

import pytest

from beenet.config.load import load_mapping, plain_with_tracking
from beenet.config.sweep import load_sweep
from beenet.errors import Interrupted, SweepError
from beenet.experiment import train
from beenet.runs.folder import RunFolder
from beenet.sweep.failures import Failures
from beenet.sweep.finished import finished
from beenet.sweep.sweep import Options, run_file
from beenet.sweep.trials import accuracy_on_test, plan_trials
from beenet.system import files
from made import whole_metrics
from tests.conftest import CONFIG, slow, write_pickles

SWEEP = """\
name: s
base: tiny.yaml
set: {training.epochs: 1}
matrix:
  optimizer.momentum.learning_rate: [0.05]
seeds: 2
"""


@pytest.fixture
def lab(tmp_path):
    """A folder with a folder in it: a config, its data and a sweep."""
    (tmp_path / "here").mkdir()
    write_pickles(tmp_path / "here/data")
    (tmp_path / "here/tiny.yaml").write_text(CONFIG)
    (tmp_path / "here/s.yaml").write_text(SWEEP)
    return tmp_path


def trials(lab, place):
    planned, _ = plan_trials(*load_sweep(lab / place / "s.yaml"), lab / "runs")
    return planned


def train_trial(trial, reporter):
    loaded = load_mapping(plain_with_tracking(trial.config))
    train(loaded, trial.folder.path, reporter=reporter)


def test_trials_whose_data_were_moved_are_done_and_go_on(lab, recorder):
    first, second = trials(lab, "here")
    train_trial(first, recorder())
    with pytest.raises(Interrupted):
        train_trial(second, recorder((0, 2)))
    (lab / "here").rename(lab / "there")
    moved = trials(lab, "there")
    assert moved[0].config.dataset.path != first.config.dataset.path
    assert finished(moved) == {first.name}
    train_trial(moved[1], recorder())
    assert finished(moved) == {first.name, second.name}


@pytest.mark.parametrize("at", [None, slow((0, 2))], ids=["finished", "begun"])
def test_trials_of_other_data_are_refused(at, lab, recorder):
    first, _ = trials(lab, "here")
    with pytest.raises(Interrupted) if at else nullcontext():
        train_trial(first, recorder(at))
    shutil.copytree(lab / "here", lab / "there")
    shutil.rmtree(lab / "there/data")
    write_pickles(lab / "there/data", seed=7)
    with pytest.raises(SweepError, match=r"/here/data\" there, .*/there/data\" "):
        finished(trials(lab, "there"))
    shutil.rmtree(lab / "there/data")
    with pytest.raises(SweepError, match=r"dataset\.path"):
        finished(trials(lab, "there"))


def regenerate(lab):
    shutil.rmtree(lab / "here/data")
    write_pickles(lab / "here/data", seed=7)


@pytest.mark.parametrize("at", [None, slow((0, 2))], ids=["finished", "begun"])
def test_seeds_are_not_averaged_over_different_data_in_the_same_folder(
    at, lab, recorder
):
    first, second = trials(lab, "here")
    with pytest.raises(Interrupted) if at else nullcontext():
        train_trial(first, recorder(at))
    regenerate(lab)
    loaded = load_sweep(lab / "here/s.yaml")
    with pytest.raises(SweepError) as caught:
        run_file(*loaded, Options(runs=lab / "runs", quiet=True))
    line, cure = str(caught.value).splitlines()
    assert line.startswith(f"{first.folder.path} was trained on other data: ")
    assert line.endswith(" and 5 more changed since")
    assert cure == (
        "put those data back, or give the sweep another name, or move these folders "
        "away"
    )
    assert second.folder.state() == "new"


def test_an_extended_run_is_compared_by_its_data_too(lab, recorder):
    first, _ = trials(lab, "here")
    train_trial(first, recorder())
    regenerate(lab)
    longer = SWEEP.replace("epochs: 1", "epochs: 2")
    (lab / "here/s.yaml").write_text(longer)
    with pytest.raises(SweepError, match="was trained on other data"):
        finished(trials(lab, "here"))


def test_a_finished_sweep_needs_no_data(lab, recorder):
    for trial in (planned := trials(lab, "here")):
        train_trial(trial, recorder())
    shutil.rmtree(lab / "here/data")
    assert finished(planned) == {trial.name for trial in planned}
    (planned[0].folder.provenance).unlink()
    write_pickles(lab / "here/data")
    assert finished(planned) == {trial.name for trial in planned}


def test_a_renamed_sweep_is_one_line(lab, recorder):
    for trial in trials(lab, "here"):
        train_trial(trial, recorder())
    (lab / "runs/s").rename(lab / "runs/s2")
    (lab / "here/s.yaml").write_text(SWEEP.replace("name: s", "name: s2"))
    with pytest.raises(SweepError) as caught:
        finished(trials(lab, "here"))
    first = lab / "runs/s2/learning_rate-0.05/seed-5"
    assert str(caught.value).splitlines() == [
        f"{first} and 1 more were trained under the name s",
        "give the sweep that name, and its folder too, or an unused name, or move "
        "these folders away",
    ]
    with_epochs = SWEEP.replace("name: s", "name: s2").replace("0.05", "0.05, 0.06")
    (lab / "here/s.yaml").write_text(with_epochs.replace("epochs: 1", "epochs: 2"))
    with pytest.raises(SweepError) as caught:
        finished(trials(lab, "here"))
    assert str(caught.value).splitlines()[:3] == [
        f"{first} and 1 more hold runs of another config:",
        '  name: "s" there, "s2" asked for',
        "  training.epochs: 1 there, 2 asked for",
    ]


def test_a_failed_trial_that_is_done_now_has_not_failed(lab, recorder):
    for trial in (planned := trials(lab, "here")):
        train_trial(trial, recorder())  # by hand, or by a sweep that was killed
    failures = Failures(lab / "runs/s")
    failures.add(planned[0], "the disk was full")
    loaded = load_sweep(lab / "here/s.yaml")
    _, failed = run_file(*loaded, Options(runs=lab / "runs", quiet=True))
    assert failed == {}
    assert not (lab / "runs/s/failed.json").exists()


def test_nothing_is_learned_from_valid(tmp_path):
    folder = RunFolder(tmp_path)
    splits = {"test": {"accuracy": 0.25}, "valid": {"accuracy": 0.75}}
    files.write_json(folder.metrics, whole_metrics(splits=splits))
    assert accuracy_on_test(folder) == 0.25
