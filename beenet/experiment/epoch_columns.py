"""The columns of an epoch's row that depend on the config's metric and schedule."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.config import Config
from beenet.config.estimator import Metric


def total(
    metric: Metric | None, values: NDArray[np.float32], sizes: NDArray[np.int64]
) -> float:
    """Return a metric summed over the examples of some batches; NaN without one.

    Args:
        metric: the config's.
        values: its mean over each batch, float32 [steps].
        sizes: examples of each batch, int64 [steps].
    """
    sums = values * sizes  # float64
    if metric is not None and metric.counts:  # whole numbers, apart from rounding
        sums = np.rint(sums)
    return float(sums.sum())


def columns(config: Config, measured: float, rate: float | None) -> dict[str, Any]:
    """Return the fields of `Epoch` that depend on the config's metric and schedule.

    Args:
        config: the experiment.
        measured: the metric's mean over the epoch.
        rate: its learning rate, if set by a schedule.
    """
    column = config.metric.column if config.metric else None
    extra = {} if rate is None else {"learning_rate": rate}
    if column not in (None, "accuracy"):
        extra[f"train_{column}"] = measured
    accuracy = measured if column == "accuracy" else None
    return {"train_accuracy": accuracy, "extra": extra}
