"""The learning rate of each epoch."""

import math

import pytest

from beenet.config.schedule import SCHEDULES
from beenet.config.yaml_text import dump

TEXT = "dataset: MNIST\nlayers: [{fully_connected: {n_units: 10}}]\n"


def rates(load, schedule, *, losses=(1.0,) * 6, base=0.1):
    """Return the rates of the epochs, the last one behind all of ``losses``."""
    config = load(TEXT + dump({"training": {"schedule": schedule}})).config
    made = config.training.schedule
    return [made.rate(base, losses[:n], len(losses)) for n in range(len(losses) + 1)]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({"constant": {"warm_up": 3}}, [1 / 4, 2 / 4, 3 / 4, 1, 1, 1, 1]),
        ({"step": {"every": 2, "factor": 0.5}}, [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125]),
        ({"exponential": {"factor": 0.5}}, [0.5**n for n in range(7)]),
        (
            {"exponential": {"factor": 0.5, "warm_up": 1}},
            [0.5, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625],
        ),
        ("cosine", [(1 + math.cos(math.pi * n / 6)) / 2 for n in range(7)]),
        (
            {"cosine": {"epochs": 2, "floor": 0.05}},
            [1, 0.75, 0.5, 0.5, 0.5, 0.5, 0.5],
        ),
        (
            {"piecewise": {"after": [2, 5], "rates": [0.02, 0.03]}},
            [1, 1, 0.2, 0.2, 0.2, 0.3, 0.3],
        ),
        # Losses that never fall: the first is the best.
        (
            {"plateau": {"patience": 2, "factor": 0.5, "floor": 0.03}},
            [1, 1, 1, 0.5, 0.5, 0.3, 0.3],
        ),
    ],
)
def test_the_rates(load, schedule, expected) -> None:
    assert rates(load, schedule) == pytest.approx([0.1 * x for x in expected])


def test_a_plateau_waits_anew_after_a_better_loss(load) -> None:
    schedule = {"plateau": {"patience": 2, "factor": 0.5, "min_delta": 0.1}}
    losses = (1.0, 0.95, 0.8, 0.75, 0.75, 0.1, 0.1)
    # .95 is not better by .1 than 1.0, .8 is; .75 and .75 are not better than that.
    expected = [1, 1, 1, 1, 1, 0.5, 0.5, 0.5]
    found = rates(load, schedule, losses=losses)
    assert found == pytest.approx([0.1 * x for x in expected])


def test_a_first_rate_is_the_optimizers_to_the_bit(load) -> None:
    for name in SCHEDULES.keys() - {"constant", "step", "exponential", "piecewise"}:
        assert rates(load, name, base=0.3)[0] == 0.3


@pytest.mark.parametrize(
    ("schedule", "fault"),
    [
        ("step", "training.schedule.step.every: is required"),
        (
            {"piecewise": {"after": [2, 2], "rates": [1, 2]}},
            "training.schedule.piecewise: after must rise from item to item",
        ),
        (
            {"piecewise": {"after": [2], "rates": [1, 2]}},
            "training.schedule.piecewise: after and rates must have as many items, "
            "got 1 and 2",
        ),
        (
            {"stair": {}},
            "training.schedule: is not a learning rate schedule that beenet knows, got "
            '"stair"; known are constant, step, exponential, cosine, piecewise, '
            "plateau",
        ),
    ],
)
def test_what_is_refused(refuse, schedule, fault) -> None:
    (line,) = refuse(TEXT + dump({"training": {"schedule": schedule}}))
    assert line.split(": ", 1)[1] == fault


@pytest.mark.parametrize(
    "weights", ["balance", "{}", "[]", "{A: 0}", "[1, -2]", "{A: true}", "3", "[.inf]"]
)
def test_class_weights_are_named_or_listed_or_balanced(refuse, weights) -> None:
    (line,) = refuse(TEXT + "training: {class_weights: " + weights + "}\n")
    assert (
        "training.class_weights: must be balanced, a mapping of classes to numbers "
        "above 0, or a list of such numbers, got "
    ) in line
