"""The best epoch, and an early end, by what the history says."""

import math

from beenet.config.model import Training
from beenet.experiment.stopping import best_epoch, stopped_early
from beenet.runs.history import Epoch


def history(*losses):
    return [
        Epoch("data", i, 10 * i, 1.0, None, loss, 0.5, 1.0)
        for i, loss in enumerate(losses, 1)
    ]


def test_the_first_of_equals_is_the_best():
    assert best_epoch(history(1.0, 0.5, 0.5, 0.7), "loss") == 2
    assert best_epoch(history(1.0, 0.5, 0.5), "accuracy") == 1


def test_a_loss_without_a_value_is_never_the_best():
    assert best_epoch(history(math.nan, 1.0, 0.5, math.nan), "loss") == 3
    assert best_epoch(history(1.0, math.nan), "loss") == 1
    assert best_epoch(history(math.nan, math.nan), "loss") == 1


def test_what_is_hardly_better_does_not_count_as_better():
    training = Training(early_stopping={"patience": 2, "min_delta": 0.2})
    assert stopped_early(history(1.0, 0.9, 0.85), training)
    assert not stopped_early(history(1.0, 0.9, 0.7), training)
