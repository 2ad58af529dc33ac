"""Searches: drawn, pruned, stopped, gone on with."""

import contextlib
import json
import os
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

from beenet.config import plain
from beenet.config.faults import FaultsError
from beenet.config.sweep import load_sweep
from beenet.config.yaml_text import dump
from beenet.errors import SweepError
from beenet.sweep import dry_run
from beenet.sweep import sweep as sweeping
from beenet.sweep.failures import Failures
from beenet.sweep.finished import finished
from beenet.sweep.measure import Measurements
from beenet.sweep.search import OptunaSource
from beenet.sweep.task import CostEstimate
from beenet.sweep.text import plan_text
from beenet.system import files
from beenet.text.moments import clock
from made import whole_metrics
from tests.conftest import slow

SWEEP = """\
name: s
base: tiny.yaml
search:
  trials: TRIALS
  method: METHOD
  prune: PRUNE
  space:
    optimizer.momentum.learning_rate: {low: 1e-3, high: 1.0, log: true}
    layers[0].conv_2d.nb_filter: {low: 2, high: 8}
    layers[3].fully_connected.activation: [relu, tanh]
"""


@pytest.fixture
def search(tiny_data, tmp_path, monkeypatch):
    """Open a search in the current folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("tiny.yaml", "data"):
        (tmp_path / name).symlink_to(tiny_data / name)

    def search(method="random", prune="null", runs="runs", text=SWEEP):
        text = text.replace("METHOD", method).replace("PRUNE", prune)
        # TPE draws its first ten at random.
        text = text.replace("TRIALS", "12" if method == "tpe" else "8")
        Path("s.yaml").write_text(text)
        source = OptunaSource(*load_sweep(Path("s.yaml")), Path(runs))
        Path(runs, "s").mkdir(parents=True, exist_ok=True)
        studies.enter_context(source.opened())
        return source

    with contextlib.ExitStack() as studies:
        yield search


def finish(source, trial):
    """Pretend that a trial was trained: the wider the first layer, the better."""
    accuracy = trial.config.nodes[0].layer.arguments()["nb_filter"] / 10
    trial.folder.path.mkdir(parents=True)
    metrics = whole_metrics(splits={"test": {"accuracy": accuracy}})
    files.write_json(trial.folder.metrics, metrics)
    source.ended(trial, "finished")


def run(source, most=99):
    names = []
    while len(names) < most and (trial := source.next()) is not None:
        names.append(trial.name)
        finish(source, trial)
    return names


@pytest.mark.skipif(sys.platform != "linux", reason="open files are seen in /proc")
def test_a_study_is_closed_again(search, tmp_path):
    def held():
        files = [
            Path("/proc/self/fd", number) for number in os.listdir("/proc/self/fd")
        ]
        return [file for file in files if file.exists() and file.samefile(study)]

    finish(source := search(), source.next())
    source = OptunaSource(*load_sweep(Path("s.yaml")), Path("runs"))
    study = tmp_path / "runs/s/search.db"
    before = len(held())  # the fixture's
    with source.opened():
        assert source.counts()["COMPLETE"] == 1
        assert len(held()) > before
    assert source.done() == 1
    assert len(held()) == before


@pytest.mark.parametrize("method", [slow("random"), "tpe"])
def test_a_search_that_was_stopped_goes_on_as_it_would_have(search, method):
    whole = run(search(method, runs="whole"))
    assert len(set(whole)) == (12 if method == "tpe" else 8)
    begun = run(search(method), 4)
    source = search(method)
    broken_off = source.next()
    source.ended(broken_off, "stopped")
    source = search(method)
    assert source.next().name == broken_off.name
    finish(source, broken_off)
    rest = run(search(method))
    assert [*begun, broken_off.name, *rest] == whole
    assert run(search(method)) == []
    assert [trial.name for trial in search(method).trials()] == whole


def test_what_is_drawn_is_what_is_trained(search):
    trial = search().next()
    rate = trial.config.optimizer.arguments()["learning_rate"]
    assert 1e-3 <= rate <= 1
    number, *_ = trial.point.split("_")
    assert number == "0000"
    assert f"learning_rate-{float(f'{rate:.4g}'):g}" in trial.point
    assert trial.config.name == f"s/{trial.point}/seed-5"


@pytest.mark.parametrize("prune", ["median", "hyperband"])
def test_a_trial_that_does_worse_than_others_did_is_given_up(search, prune):
    source = search("random", prune)
    given_up = 0
    while (trial := source.next()) is not None:
        bad = int(trial.point[:4]) >= 6
        looks = [source.looked(trial, e, 0.1 if bad else 0.8) for e in (1, 2)]
        if any(looks):
            assert bad
            given_up += 1
            source.ended(trial, "pruned")
        else:
            finish(source, trial)
    assert given_up >= 1
    assert source.counts()["PRUNED"] == given_up


def test_failed_points_are_tried_again_as_new_trials(search, tmp_path):
    source = search()
    bad = source.next()
    failures = Failures(tmp_path)
    failures.add(bad, "too steep")
    source.ended(bad, "failed")
    run(source)
    source = search()
    assert source.next() is None
    source.retry(failures)
    assert failures.reasons(source.trials()) == {}
    again = source.next()
    counts = source.counts()
    assert counts.get("FAIL", 0) == 0, "it counts as the one that is tried again"
    assert again.point.split("_", 1)[1] == bad.point.split("_", 1)[1]
    finish(source, again)
    assert source.next() is None
    source.retry(failures)
    assert source.next() is None


def test_a_point_that_is_tried_again_takes_no_others_place(search, tmp_path):
    source = search()
    source.ended(source.next(), "failed")
    source.retry(Failures(tmp_path))
    assert len(run(source)) == 8


def test_the_board_counts_each_point_once(search, monkeypatch):
    """A session that retries a failed trial, and one with nothing left to train."""
    boards = []

    def note(options, folder, failures, board, warnings, source, count):
        boards.append((board.total, board.done, board.failed, count))

    monkeypatch.setattr(sweeping, "_train", note)
    monkeypatch.setattr(sweeping, "finished", lambda *_, **__: set())
    source = search()
    bad = source.next()
    source.ended(bad, "failed")
    run(source)
    for retry in (False, True):
        options = sweeping.Options(runs=Path("runs"), retry_failed=retry)
        sweeping.run_file(*load_sweep(Path("s.yaml")), options)
    assert boards == [(8, 7, 1, 0), (8, 7, 0, 1)]


def test_ends_of_ranges_may_move_between_two_sessions(search):
    first = run(search(), most=4)
    moved = SWEEP.replace("low: 2, high: 8", "low: 5, high: 6")
    source = search(text=moved)
    assert {trial.point for trial in source.trials()} == {
        name.split("/")[-2] for name in first
    }
    for name in run(source):
        assert "nb_filter-5" in name or "nb_filter-6" in name


@pytest.mark.parametrize("drawn", [0, 1, 2])
def test_a_trial_that_was_killed_while_it_was_drawn_goes_on_as_it_would(search, drawn):
    whole = search(runs="whole")
    expected = whole.next().point
    source = search()
    asked = source._draw()
    for key in list(source.space.dimensions)[:drawn]:
        source._value(asked, key)
    again = search()
    assert again.next().point == expected
    assert again._study.trials[0].params == whole._study.trials[0].params


def test_a_damaged_study_is_one_line(search, tmp_path):
    source = search()
    finish(source, source.next())
    with contextlib.closing(sqlite3.connect(tmp_path / "runs/s/search.db")) as study:
        study.execute("update trial_params set distribution_json = 'x'")
        study.commit()
    for ask in (search, source.done, source.trials):
        with pytest.raises(SweepError, match=r"search\.db cannot be opened: "):
            ask()


def test_a_database_that_fails_in_use_is_one_line(search, tmp_path):
    source = search()
    trial, other = source.next(), source.next()
    with contextlib.closing(sqlite3.connect(tmp_path / "runs/s/search.db")) as study:
        study.execute("drop table trial_values")
        study.execute("drop table trial_intermediate_values")
        study.execute("drop table trial_user_attributes")
        study.commit()
    for ask in (
        lambda: source.looked(trial, 1, 0.5),
        lambda: finish(source, trial),
        lambda: source.ended(other, "failed"),
    ):
        with pytest.raises(SweepError, match=r"search\.db cannot be used: "):
            ask()


def test_a_base_that_changed_is_another_search(search, tiny_data, monkeypatch):
    source = search()
    for _ in range(2):
        trial = source.next()
        finish(source, trial)
        trial.folder.config.write_text(dump(plain(trial.config)))
    again = search()
    assert finished(again.trials(), resized=False) == {t.name for t in again.trials()}
    text = SWEEP.replace("base:", "set: {training.epochs: 9}\nbase:")
    with pytest.raises(SweepError, match=r"training\.epochs: 3 there, 9 asked for"):
        search(text=text)


def test_a_base_that_changed_is_refused_though_its_runs_are_half_done_or_gone(search):
    """And by a dry run, too: scores of two configs are never learned from together."""
    source = search()
    finish(source, source.next())
    half_done = source.next()
    source.ended(half_done, "stopped")
    shutil.rmtree("runs/s/" + source.trials()[0].point)
    text = SWEEP.replace("base:", "set: {training.epochs: 9}\nbase:")
    why = (
        r"^trial 0 of s is of another config:\n"
        r"  training\.epochs: 3 there, 9 asked for\n"
        r"give the flags that it was trained with, or give the sweep another name$"
    )
    with pytest.raises(SweepError, match=why):
        search(text=text)
    with pytest.raises(SweepError, match=why):
        OptunaSource(*load_sweep(Path("s.yaml")), Path("runs")).done()
    assert search().counts() == {"COMPLETE": 1, "RUNNING": 1}


def test_a_base_is_mended_where_all_trials_failed(search):
    source = search()
    for _ in range(2):
        source.ended(source.next(), "failed")
    mended = search(text=SWEEP.replace("base:", "set: {training.epochs: 9}\nbase:"))
    mended.retry(Failures(Path("runs/s")))
    assert mended.next().config.training.epochs == 9


def test_scores_on_other_data_are_refused(search):
    source = search()
    finish(source, trial := source.next())
    (trial.folder.config).write_text(dump(plain(trial.config)))
    was = {"data": {"sha256": dict.fromkeys(["train_X.pck"], "0" * 64)}}
    files.write_json(trial.folder.provenance, was)
    with pytest.raises(SweepError) as caught:
        finished(source.trials(("COMPLETE", "PRUNED")), resized=False)
    text, cure = str(caught.value).splitlines()
    assert text.startswith(f"{trial.folder.path} was trained on other data: ")
    assert cure == "put those data back, or give the sweep another name"


def test_a_key_that_came_later_makes_no_other_config(search):
    source = search()
    finish(source, source.next())
    with sqlite3.connect("runs/s/search.db") as database:
        (older,) = database.execute(
            "select value_json from trial_user_attributes where key = 'config'"
        ).fetchone()
        config = json.loads(older)
        del config["training"]["checkpoint_every"]
        database.execute(
            "update trial_user_attributes set value_json = ? where key = 'config'",
            [json.dumps(config)],
        )
    assert search().counts() == {"COMPLETE": 1}


def test_what_is_over_but_gone_is_trained_again_and_the_study_stays_as_it_is(search):
    source = search()
    names = run(source, 3)
    lost = next(trial for trial in source.trials() if trial.name == names[1])
    shutil.rmtree(lost.folder.path)
    again = search()
    assert again.gone == 1
    trial = again.next()
    assert (trial.name, trial.config) == (lost.name, lost.config)
    assert not again.looked(trial, 1, 0.5)
    finish(again, trial)
    assert again.counts() == {"COMPLETE": 3}
    assert search().gone == 0


def test_a_folder_whose_name_parts_a_url_keeps_its_study_to_itself(search, tmp_path):
    names = run(search(runs="q?a%20b#c"), most=2)
    assert (tmp_path / "q?a%20b#c/s/search.db").exists()
    assert not (tmp_path / "q").exists()
    assert len(search(runs="q?a%20b#c").trials()) == len(names)
    assert search(runs="q?x").trials() == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[relu, tanh]", "[relu, tanh, elu]", "layers[3].fully_connected.activation "
         "from the list relu, tanh, and now it is the list relu, tanh, elu"),
        ("{low: 1e-3, high: 1.0, log: true}", "{low: 1e-3, high: 1.0}",
         "optimizer.momentum.learning_rate from numbers by factors, and now it is "
         "numbers"),
        ("    layers[0].conv_2d.nb_filter: {low: 2, high: 8}\n", "",
         "layers[0].conv_2d.nb_filter from whole numbers, and now it is not there"),
        ("  space:\n", "  space:\n    training.batch_size: [4, 8]\n",
         "training.batch_size from nothing, and now it is the list 4, 8"),
    ],
)  # fmt: skip
def test_another_space_needs_another_name(search, old, new, told):
    run(search(), most=1)
    assert old in SWEEP
    with pytest.raises(SweepError) as caught:
        search(text=SWEEP.replace(old, new))
    assert str(caught.value) == (
        f"s has drawn {told}; only the ends of ranges and the number of trials may "
        "change: give the sweep another name"
    )


def test_a_dry_run_leaves_no_shared_database(search):
    search()  # leaves its files
    text = Path("s.yaml").read_text()
    Path("s.yaml").write_text(f"{text}  storage: sqlite:///shared.db\n")
    source = OptunaSource(*load_sweep(Path("s.yaml")), Path("runs"))
    assert source.search.storage == "sqlite:///shared.db"
    assert source.done() == 0
    assert not Path("shared.db").exists()


def test_a_dry_run_says_what_is_drawn_from_and_what_that_costs(search, monkeypatch):
    source = search(
        "random", "median", text=SWEEP.replace("high: 8", "high: 8, step: 2")
    )
    run(source, 3)

    def measure(trials, *_):
        found = [
            CostEstimate(trial.name, 10.0 * i, 9, 0.0, 0.0, 0)
            for i, trial in enumerate(trials, 1)
        ]
        return Measurements({cost.trial: cost for cost in found})

    monkeypatch.setattr(dry_run, "measure", measure)
    for runs, over in (("runs", 3), ("elsewhere", 0)):
        source = OptunaSource(*load_sweep(Path("s.yaml")), Path(runs))
        low, high = (trial.point for trial in source.space.ends)
        least = 3 * 9 * 10 * (8 - over) // 2
        text = plan_text(dry_run.dry_search(source, 2, None))
        assert [" ".join(line.split()) for line in text.splitlines()] == [
            "key is drawn from",
            "optimizer.momentum.learning_rate 0.001 to 1, evenly by factors",
            "layers[0].conv_2d.nb_filter 2 to 8 by 2",
            "layers[3].fully_connected.activation relu, tanh",
            "",
            "at the ends of the space ms/step time of a trial memory",
            f"{low} 10000.00 0:04:30 -",
            f"{high} 20000.00 0:09:00 -",
            "",
            f"8 trials of 3 epochs, {over} of them over",
            f"about {clock(least)} to {clock(2 * least)} with 2 at a time; median "
            "pruning takes off",
        ]
    assert not Path("elsewhere").exists()


def test_values_that_break_rules_are_found_before_anything_is_drawn(search):
    text = SWEEP.replace("[relu, tanh]", "[relu, tnh]").replace("{low: 2", "{low: 0")
    with pytest.raises(FaultsError) as caught:
        search(text=text)
    lines = str(caught.value).splitlines()
    assert [line.split(": must")[0].split(": is")[0] for line in lines] == [
        "s.yaml:9:34: layers[0].conv_2d.nb_filter",
        "s.yaml:10:50: layers[3].fully_connected.activation",
    ]
    assert not Path("runs").exists()


TOGETHER = """\
    optimizer.momentum.learning_rate: {low: 1e-3, high: 1.0}
    training.schedule.cosine.floor: {low: 0.0, high: 0.99}
"""


def test_a_point_whose_values_do_not_go_together_is_drawn_again(search):
    head, _, _ = SWEEP.partition("    optimizer")
    source = search(text=head + TOGETHER)
    names = run(source)
    numbers = [int(name.partition("_")[0]) for name in names]
    assert len(names) == 8
    assert numbers != list(range(8)), "a floor above the rate was drawn"
    for trial in source.trials():
        floor = trial.config.training.schedule.floor
        assert floor <= trial.config.optimizer.learning_rate
    assert source.counts() == {"COMPLETE": 8}
    assert source.done() == 8
    source.retry(Failures(Path("runs/s")))
    assert source.next() is None


def test_where_no_values_go_together_it_is_told(search, monkeypatch):
    monkeypatch.setattr("beenet.sweep.search._REFUSALS", 5)
    head, _, _ = SWEEP.partition("    optimizer")
    source = search(text=head + TOGETHER)
    space = source.space
    monkeypatch.setattr(
        space,
        "_choice",
        lambda key, value: space._space.drawn(
            key, 0.5 if key.endswith("floor") else 0.1
        ),
    )
    with pytest.raises(SweepError, match="s: 5 points in a row break rules, the last"):
        source.next()


def test_a_database_that_cannot_be_reached_is_one_line(search):
    text = SWEEP + "  storage: sqlite:////nowhere/at/all.db\n"
    with pytest.raises(
        SweepError,
        match=r"all.db cannot be opened: .*; its folder must be there, and writable",
    ) as caught:
        search(text=text)
    assert "\n" not in str(caught.value)
