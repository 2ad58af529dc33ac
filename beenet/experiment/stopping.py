"""Choose the best epoch, and decide when to stop: functions of the history only.

As they depend on nothing else, a resumed run decides as an uninterrupted one. Only the
test split is used: valid stays held out.
"""

import math
from collections.abc import Sequence

from beenet.config.model import Monitor, Training
from beenet.runs.history import Epoch


def best_epoch(
    history: Sequence[Epoch], monitor: Monitor, min_delta: float = 0.0
) -> int:
    """Return the number of the best epoch, counted from 1; of tied ones the first.

    Args:
        history: at least one epoch.
        monitor: ``accuracy`` (the higher the better) or ``loss`` (the lower), of test.
        min_delta: the margin by which an epoch must exceed the best before it.
    """
    best, best_value = 1, _value(history[0], monitor)
    for row in history[1:]:
        value = _value(row, monitor)
        if value > best_value + min_delta:
            best, best_value = row.epoch, value
    return best


def is_over(history: Sequence[Epoch], training: Training) -> bool:
    """Return whether the training is done: all epochs, or stopped early."""
    return len(history) >= training.epochs or stopped_early(history, training)


def stopped_early(history: Sequence[Epoch], training: Training) -> bool:
    """Return whether early stopping's patience ran out without a better epoch."""
    early = training.early_stopping
    if early is None or not history:
        return False
    best = best_epoch(history, early.monitor, early.min_delta)
    return len(history) - best >= early.patience


def _value(row: Epoch, monitor: Monitor) -> float:
    if monitor == "accuracy":
        return row.test_accuracy
    # Some losses may be NaN on test although the training goes well.
    return -math.inf if math.isnan(row.test_loss) else -row.test_loss
