"""``beenet bench`` as a user meets it, on data that take a second."""

import json
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner

from beenet.bench import compare
from beenet.bench.compare import SpeedComparison
from beenet.bench.rounds import Measured
from beenet.bench.task import Schedule
from beenet.cli import main
from beenet.system.thread_plan import ThreadPlan


@pytest.fixture
def bench(tiny_data, monkeypatch):
    monkeypatch.chdir(tiny_data)

    def run(*arguments):
        return CliRunner().invoke(main, ["bench", *map(str, arguments)])

    return run


def test_two_columns_a_ratio_and_identical_weights(bench):
    result = bench("tiny.yaml", "--steps", "20", "--repeats", "2")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == (
        "tiny: data, batch 7, 2 whole epochs of 8 steps, 2 rounds in turn"
    )
    assert lines[2].split()[:4] == ["steps/s", "ms/step", "fastest", "slowest"]
    rows = {line.split()[0]: line.split()[1:] for line in lines[3:5]}
    assert rows.keys() == {"TFLearn", "beenet"}
    speed = {name: float(row[1]) for name, row in rows.items()}
    ratio = float(re.fullmatch(r"ratio    ([\d.]+)", lines[6]).group(1))
    assert ratio == pytest.approx(speed["TFLearn"] / speed["beenet"], rel=0.05)
    assert ratio > 1
    assert lines[7] == "plan     1 thread, on cpu"
    # Dropout, momentum, convolution: 16 steps, TFLearn's own beside the engine's.
    assert lines[8].startswith(
        "weights  after 16 steps of TFLearn's own train op and of beenet's loop: "
        "identical, bit for bit ("
    )
    assert result.stderr.splitlines()[:2] == ["choosing threads", "warm-up"]


@pytest.mark.slow
def test_both_prepare_their_examples(bench):
    result = bench(
        *("tiny.yaml", "--steps", "16", "--repeats", "1"),
        *("-o", "preprocessing=[featurewise_zero_center, featurewise_stdnorm]"),
        *("-o", "augmentation=[random_flip_leftright, {random_rotation: {}}]"),
        *("-o", "training.class_weights=balanced"),
        *("-o", "training.schedule={step: {every: 1}}"),
    )
    assert result.exit_code == 0, result.stderr
    assert "loop: identical, bit for bit (" in result.stdout
    assert (
        "note     TFLearn augments by chances of its own; for the comparison of "
        "weights its train op was given the examples that beenet augmented\n"
        "note     both train at the optimizer's learning rate, without the schedule\n"
    ) in result.stdout


def test_sound_is_augmented_by_beenet_alone(bench):
    result = bench("tiny.yaml", "-o", "augmentation=[random_flip_updown, random_noise]")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == (
        "Error: augmentation[1]: random_noise is beenet's own, there is no TFLearn to "
        "race it with; bench without it: -o augmentation=[]"
    )


@pytest.mark.parametrize("seconds", ["nan", "inf", "0"])
def test_a_length_that_is_none_is_a_usage_error(bench, seconds):
    result = bench("tiny.yaml", "--seconds", seconds)
    assert result.exit_code == 2
    assert "Invalid value for '--seconds'" in result.stderr


def test_json_holds_the_raw_figures(bench, monkeypatch):
    asked = {}

    def pretend(task, **options):
        asked.update(options, config=task.config.name, data=task.dataset.title)
        measured = Measured(100, [0.5, 0.1, 0.2], 0.7, 10**8)
        return SpeedComparison(
            name=task.config.name,
            dataset=task.dataset.title,
            schedule=Schedule(1, 100, 7, 800),
            repeats=3,
            device="cpu",
            plan=ThreadPlan(1, 2),
            measured={"tflearn": measured, "beenet": replace(measured, steps=200)},
            verdict={"identical": True},
        )

    monkeypatch.setattr(compare, "compare", pretend)
    result = bench("tiny.yaml", "--seconds", "2", "--repeats", "3", "--json")
    assert result.exit_code == 0, result.stderr
    assert (asked["seconds"], asked["repeats"], asked["steps"]) == (2.0, 3, None)
    found = json.loads(result.stdout)
    assert found["round"] == "100 of the 800 steps of an epoch"
    assert found["ratio"] == 2.0
    assert found["contestants"]["beenet"] == {
        "steps": 200,
        "seconds": [0.5, 0.1, 0.2],
        "loss": 0.7,
        "peak_bytes": 10**8,
        "ms_per_step": 1.0,
    }
    assert found["plan"] == {"intra": 1, "inter": 2}
    assert found["weights"] == {"identical": True}


def test_a_missing_set_names_the_way_out(bench):
    result = bench("tiny.yaml", "-o", "dataset=BEE4")
    assert result.exit_code == 1
    assert result.stderr.endswith("; --synthetic measures on a stand-in of BEE4\n"), (
        result.stderr
    )
    assert result.stdout == ""


def test_own_data_have_no_stand_in(bench):
    result = bench(
        "tiny.yaml", "-o", "dataset={path: nowhere, classes: [A, B]}", "--synthetic"
    )
    assert result.exit_code == 1
    assert "nowhere" in result.stderr
    assert "--synthetic" not in result.stderr


def test_a_contestant_that_cannot_says_why(bench):
    result = bench("tiny.yaml", "-o", "training.device=gpu:7", "--steps", "1")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == (
        "Error: the contestant beenet: device gpu:7 was asked for, but this machine "
        "has only: cpu"
    )


@pytest.mark.parametrize(
    ("wanted", "whole", "steps"),
    [
        (3, 5000, 20),
        (78, 5000, 78),
        (378, 5000, 300),
        (378, 700, 700),
        (378, 800, 300),
        (900, 700, 900),
    ],
)
def test_a_round_is_about_as_long_as_wanted(wanted, whole, steps):
    assert compare._round_length(wanted, whole) == steps
