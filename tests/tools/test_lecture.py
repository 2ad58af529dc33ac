"""The lecture's page says what its runs' files say, and how far they got."""

import json
import math
from pathlib import Path

import pytest

from beenet.config import load_config
from beenet.config.sweep import load_sweep
from beenet.runs.history import Epoch, to_csv
from beenet.sweep.trials import plan_trials
from made import whole_metrics
from tools.lecture import main, page
from tools.questions import Question, question_table, read_question
from tools.starters import PUBLISHED as STARTERS
from tools.starters import read_starters, starter_table
from tools.trainings import PUBLISHED, read_trainings

CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.fixture
def train(tmp_path):
    """Make a run's files, as far as the page reads them."""

    def train(net, seed, tests, valid=None):
        folder = tmp_path / f"base-{net}" / f"seed-{seed}"
        folder.mkdir(parents=True)
        epochs = [
            Epoch("MNIST", i + 1, 5000 * (i + 1), 0.1, 0.9, 0.1, test, 1.0)
            for i, test in enumerate(tests)
        ]
        (folder / "config.yaml").write_text("name: x\n")
        (folder / "history.csv").write_text(to_csv(epochs))
        if valid is not None:
            metrics = whole_metrics(splits={"valid": {"accuracy": valid}})
            (folder / "metrics.json").write_text(json.dumps(metrics))

    return train


def row(text, net):
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {net} ")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_net_of_several_seeds(train, tmp_path):
    train("convnet1", 1, [0.9, 0.987, 0.98], 0.981)
    train("convnet1", 2, [0.9, 0.989, 0.98], 0.983)
    assert row(page(read_trainings(tmp_path)), "convnet1") == [
        "convnet1",
        "60",
        "98.85 %",
        "2",
        "98.80 % (98.70 to 98.90)",
        "98.20 % (98.10 to 98.30)",
    ]


def test_unfinished_runs_do_not_count_beside_finished_ones(train, tmp_path):
    train("convnet2", 1, [0.98], 0.97)
    train("convnet2", 2, [0.99])
    assert row(page(read_trainings(tmp_path)), "convnet2")[3:] == [
        "1",
        "98.00 %",
        "97.00 %",
    ]


def test_a_net_under_way_and_one_not_begun(train, tmp_path):
    train("convnet5", 1, [0.97, 0.98])
    text = page(read_trainings(tmp_path))
    assert row(text, "convnet5")[3:] == ["one, at epoch 2 of 200", "98.00 %", ""]
    assert row(text, "convnet4")[3:] == ["none", "", ""]


def test_a_question_is_answered_by_seeds_in_pairs():
    scores = {
        "shallow": {1: 0.96, 2: 0.95, 3: 0.97},
        "deep": {1: 0.98, 2: 0.97, 4: 0.99},
        "deeper": {1: 0.5},
    }
    seconds = {"shallow": 7.04, "deep": 1000.0, "deeper": 9.0}
    question = Question("mnist_depth", "MNIST", 5, 9, scores, seconds)
    lines = question_table(question).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == [
        "| deep",
        "| shallow",
        "| deeper",
    ]
    assert lines[2].startswith("| deep | 3 | 1,000.0 |")
    assert lines[2].endswith("| 98.00 % | 97.00 to 99.00 | best |")
    assert lines[3].endswith("| -2.00 (-2.00 to -2.00) |")
    assert lines[4].endswith("| 50.00 % | 50.00 to 50.00 |  |")


@pytest.mark.parametrize(
    "name",
    [
        "mnist_convnet4",
        "mnist_best",
        "mnist_depth",
        "mnist_relu",
        "bee_best",
        "buzz_best",
    ],
)
def test_a_question_reads_what_is_finished(name, tmp_path):
    trials, _ = plan_trials(*load_sweep(CONFIGS / f"sweeps/{name}.yaml"), tmp_path)
    for trial in trials[:2]:
        trial.folder.path.mkdir(parents=True)
        metrics = whole_metrics(
            epochs=7, splits={"valid": {"accuracy": 0.9 + trial.seed / 100}}
        )
        (trial.folder.path / "metrics.json").write_text(json.dumps(metrics))
    question = read_question(name, tmp_path)
    assert question.trials == len(trials)
    assert sum(len(of) for of in question.scores.values()) == 2
    assert math.isclose(next(iter(question.scores.values()))[1], 0.91)
    text = page(read_trainings(tmp_path), None, [question])
    assert f"`configs/sweeps/{name}.yaml`: " in text
    assert f": 7 epochs on MNIST, 2 of {len(trials)}\ntrials done" in text
    assert "It was not trained here yet." in text


def test_the_sweep_trains_these_nets_as_long_as_the_lecture(tmp_path):
    trials, _ = plan_trials(*load_sweep(CONFIGS / "sweeps/lecture.yaml"), tmp_path)
    lengths = {t.point.removeprefix("base-"): t.config.training.epochs for t in trials}
    assert lengths == {net: epochs for net, (_, epochs) in PUBLISHED.items()}


@pytest.mark.parametrize("net", PUBLISHED)
def test_a_config_says_the_same(net):
    path = CONFIGS / f"mnist/{net}.yaml"
    published, epochs = PUBLISHED[net]
    comment = path.read_text().partition("\nname:")[0]
    assert f"{100 * published:.2f} % on valid, the best of {epochs} epochs" in comment
    assert load_config(path).config.training.epochs == epochs


def test_the_starters_stand_beside_what_was_published(tmp_path):
    folder = tmp_path / "bee1" / "cnn"
    folder.mkdir(parents=True)
    metrics = whole_metrics(
        dataset="BEE1 (synthetic, scale 0.1)",
        epochs=2,
        splits={
            "test": {"accuracy": 0.99},
            "valid": {"accuracy": 0.8, "baseline": 0.51236},
        },
    )
    (folder / "metrics.json").write_text(json.dumps(metrics))
    _, _, line = starter_table(read_starters(tmp_path)).splitlines()
    assert line == (
        "| bee1/cnn | BEE1 (synthetic, scale 0.1) | 2 | .9900 | .8000 | .5124 | .8739 |"
    )


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_says_what_was_published(name):
    comment = (CONFIGS / f"{name}.yaml").read_text().partition("\nname:")[0]
    published = STARTERS[name]
    if published is None:
        assert "Published: none" in comment
    else:
        assert f"Published: {published:.4f}".replace(" 0.", " .") in comment


def test_the_page_and_its_picture(train, tmp_path, monkeypatch):
    train("convnet1", 1, [0.95, 0.98])
    (tmp_path / "sweeps").mkdir()
    (tmp_path / "sweeps" / "lecture").symlink_to(tmp_path)
    out = tmp_path / "docs"
    monkeypatch.setattr(
        "sys.argv", ["lecture", "--runs", str(tmp_path), "--out", str(out)]
    )
    main()
    text = (out / "lecture.md").read_text()
    assert "| convnet1 | 60 | 98.85 % | one, at epoch 2 of 60 | 98.00 % |" in text
    assert "(images/lecture.png)" in text
    assert (out / "images" / "lecture.png").read_bytes().startswith(b"\x89PNG")
