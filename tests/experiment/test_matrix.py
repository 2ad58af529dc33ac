import json
import shutil
from io import BytesIO

import pytest
from PIL import Image

from beenet.config import load_config
from beenet.datasets.home import data_home
from beenet.datasets.synth import synth
from beenet.errors import DatasetError, NetworkError, RunError
from beenet.experiment import evaluate, train
from beenet.experiment.matrix import score_matrix
from beenet.report.matrix import matrix_csv, matrix_json, matrix_picture, matrix_text
from beenet.runs.folder import RunFolder
from made import count_looks
from tests.conftest import write_pickles

CONFIG = """\
dataset: BEE1_gray
layers: [{fully_connected: {n_units: 2, activation: softmax}}]
training: {epochs: 1, threads: 1}
"""


@pytest.fixture
def bees(tmp_path, recorder):
    """Train a bee net; another hive's data are installed too, and a sound's."""
    for name in ("BEE1_gray", "BEE2_1S_gray", "BUZZ1"):
        synth(name, scale=0.003)
    (tmp_path / "c.yaml").write_text(CONFIG)
    loaded = load_config(tmp_path / "c.yaml")
    return train(loaded, tmp_path / "runs" / "bee", reporter=recorder())


def test_a_bee_net_is_scored_on_every_hive_as_eval_would(bees, recorder):
    cells = score_matrix([bees.path.parent], reporter=recorder())
    titles = [
        f"{name} (synthetic, scale 0.003)" for name in ("BEE1_gray", "BEE2_1S_gray")
    ]
    assert [(cell.column, cell.own) for cell in cells] == [
        (titles[0], True),
        (titles[1], False),
    ]
    assert [cell.evaluation for cell in cells] == [
        evaluate(bees.path, dataset_name="BEE1_gray"),
        evaluate(bees.path, dataset_name="BEE2_1S_gray"),
    ]
    assert count_looks(bees) == {(title, "valid"): 2 for title in titles}
    lines = matrix_text(cells).splitlines()
    shown = [f"{cell.evaluation.scores.accuracy:.4f}" for cell in cells]
    name, first, second = lines[1].split()
    assert name == str(bees.path)
    assert first.startswith("[" + shown[0])
    assert second.startswith(shown[1])
    baselines = [f"{cell.evaluation.scores.baseline:.4f}" for cell in cells]
    assert lines[2].split() == ["baseline", *baselines]
    assert lines[-1] == "synthetic data: scores mean nothing"
    head, row, _ = matrix_csv(cells).splitlines()
    assert head == (
        "model,dataset,synthetic,own,split,n,accuracy,low,high,baseline,loss"
    )
    assert row.startswith(f'{bees.model},"{titles[0]}",True,True,valid,')
    assert json.loads(matrix_json(cells))[1]["own"] is False
    picture = matrix_picture(cells)
    assert picture == matrix_picture(cells)
    with Image.open(BytesIO(picture)) as png:
        png.load()


@pytest.mark.slow
def test_a_data_set_may_be_named(bees, recorder):
    cells = score_matrix(
        [bees.model], names=["bee2_1s_gray"], split="test", reporter=recorder()
    )
    assert [cell.evaluation.split for cell in cells] == ["test"]
    with pytest.raises(DatasetError, match=r"BUZZ1.*fits none of the models"):
        score_matrix([bees.path], names=["BUZZ1"], reporter=recorder())
    with pytest.raises(DatasetError, match="BEE4_gray is not installed"):
        score_matrix([bees.path], names=["BEE4_gray"], reporter=recorder())


def test_a_named_data_set_that_fits_no_model_is_not_dropped(tiny, tmp_path, recorder):
    run = train(tiny("training.epochs=1"), tmp_path / "run", reporter=recorder())
    fits = tiny().config.dataset.path
    with pytest.raises(DatasetError) as caught:
        score_matrix([run.path], names=[fits, "MNIST"], reporter=recorder())
    assert str(caught.value) == (
        "MNIST, examples of 28x28x1 in the classes 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, fits "
        "none of the models"
    )


def test_nothing_to_score_is_one_line(tmp_path, recorder):
    with pytest.raises(NetworkError, match="there is no saved model at"):
        score_matrix([tmp_path], reporter=recorder())
    with pytest.raises(RunError, match="no finished runs there"):
        score_matrix([], reporter=recorder())


@pytest.mark.slow
def test_own_data_of_one_name_are_told_apart_or_missed(
    tiny, tiny_data, tmp_path, recorder
):
    folders = []
    for seed in "ab":
        data = tmp_path / seed / "data"
        if seed == "a":
            shutil.copytree(tiny_data / "data", data)
        else:
            write_pickles(data, seed=7)
        loaded = tiny(f"dataset.path={data}", "training.epochs=1")
        folders.append(train(loaded, tmp_path / f"run{seed}", reporter=recorder()))
    cells = score_matrix([f.path for f in folders], reporter=recorder())
    assert [(cell.column, cell.own) for cell in cells] == [
        ("data", True),
        ("data #2", False),
        ("data", False),
        ("data #2", True),
    ]
    shutil.rmtree(tmp_path / "a")
    reporter = recorder()
    left = score_matrix([f.path for f in folders], reporter=reporter)
    assert [(cell.evaluation.model, cell.own) for cell in left] == [
        (str(RunFolder(tmp_path / "runa").model), False),
        (str(RunFolder(tmp_path / "runb").model), True),
    ]
    assert reporter.lines[0].startswith(
        f"warning: {RunFolder(tmp_path / 'runa').model} is not scored on its own data: "
    )


def test_a_folder_is_opened_with_the_classes_of_the_models(
    tiny, tiny_data, tmp_path, recorder
):
    folder = train(tiny("training.epochs=1"), tmp_path / "run", reporter=recorder())
    other = str(write_pickles(tmp_path / "other", seed=7))
    (cell,) = score_matrix([folder.path], names=[other], reporter=recorder())
    assert (cell.column, cell.own) == ("other", False)
    assert cell.evaluation == evaluate(folder.path, dataset_name=other)
    (tmp_path / "other" / "test_Y.pck").unlink()
    with pytest.raises(DatasetError, match=r"other: .*test_Y.pck"):
        score_matrix([folder.path], names=[other], reporter=recorder())


def test_a_net_learns_from_two_hives_at_once(tmp_path, recorder):
    for name in ("BEE1_gray", "BEE4_gray"):
        synth(name, scale=0.003)
    (tmp_path / "c.yaml").write_text(CONFIG)
    names = (
        "dataset=[BEE1_gray, BEE4_gray]",
        "preprocessing=[featurewise_zero_center]",
    )
    loaded = load_config(tmp_path / "c.yaml", names)
    folder = train(loaded, tmp_path / "run", reporter=recorder())
    metrics = folder.read_metrics()
    assert metrics.dataset == (
        "BEE1_gray (synthetic, scale 0.003) + BEE4_gray (synthetic, scale 0.003)"
    )
    assert metrics.synthetic
    cells = score_matrix([folder.path], reporter=recorder())
    alone, together = cells[:2], cells[2].evaluation.scores
    assert [cell.own for cell in cells] == [True, True, True]
    assert together == metrics.splits["valid"]
    # Nothing is lost, and nothing comes twice.
    right = sum(c.evaluation.scores.accuracy * c.evaluation.scores.n for c in alone)
    assert together.n == sum(cell.evaluation.scores.n for cell in alone)
    assert together.accuracy * together.n == pytest.approx(right)


def test_a_set_that_cannot_be_opened_is_left_out(bees, recorder):
    pickle = data_home(None) / "BEE2_1S_gray" / "valid_X.pck"
    pickle.write_bytes(pickle.read_bytes() + b"x")
    reporter = recorder()
    cells = score_matrix([bees.path], reporter=reporter)
    assert [cell.column for cell in cells] == ["BEE1_gray (synthetic, scale 0.003)"]
    (line,) = [x for x in reporter.lines if "nothing is scored" in x]
    assert line.startswith("warning: nothing is scored on BEE2_1S_gray: ")
    assert "has changed since BEE2_1S_gray was installed" in line
    with pytest.raises(DatasetError, match="has changed since"):
        score_matrix([bees.path], names=["BEE2_1S_gray"], reporter=recorder())


def test_only_a_models_own_data_can_have_changed(tiny, tiny_data, tmp_path, recorder):
    folders = []
    for name in "ab":
        data = write_pickles(tmp_path / name / "crops", seed=ord(name))
        loaded = tiny(f"dataset.path={data}", "training.epochs=1")
        folders.append(train(loaded, tmp_path / f"run{name}", reporter=recorder()))
    reporter = recorder()
    assert len(score_matrix([f.path for f in folders], reporter=reporter)) == 4
    assert not [line for line in reporter.lines if "changed" in line]
    shutil.rmtree(tmp_path / "a")
    own = write_pickles(tmp_path / "a" / "crops", seed=7)
    changed = (
        f"crops has changed since {folders[0].model} was trained: valid may hold "
        "examples that it learned from"
    )
    told = []
    evaluate(folders[0].path, warn=told.append)
    evaluate(folders[0].path, dataset_name=str(own), warn=told.append)
    evaluate(folders[1].path, dataset_name=str(own), warn=told.append)
    assert told == [changed] * 2
    score_matrix([f.path for f in folders], reporter=reporter)
    assert [line for line in reporter.lines if "changed" in line] == [
        f"warning: {changed}"
    ]


@pytest.mark.slow
def test_what_is_named_twice_is_scored_once(tiny, tiny_data, tmp_path, recorder):
    folder = train(tiny("training.epochs=1"), tmp_path / "run", reporter=recorder())
    (tmp_path / "link").symlink_to(folder.path)
    data = tiny_data / "data"
    cells = score_matrix(
        [folder.path, tmp_path / "link", folder.model],
        names=[str(data), f"{data}/."],
        reporter=recorder(),
    )
    assert [cell.evaluation.model for cell in cells] == [str(folder.model)]
    assert sum(count_looks(folder).values()) == 1
