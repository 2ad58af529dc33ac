"""Optuna's samplers and pruners for a search."""

import warnings
from typing import Any

from beenet.config.sweep import Search

_STRIDE = 1_000_003
"""Between the seeds of two trials: each has a new sampler, so that a stopped search
continues as it would have without the stop."""


def sampler(optuna: Any, search: Search, number: int, *, side_by_side: bool) -> Any:
    """Return the sampler of one trial's values.

    Args:
        optuna: the package.
        search: contains the method and the first seed.
        number: of the trial.
        side_by_side: whether other trials are trained at the same time.
    """
    seed = (search.seed + _STRIDE * number) % 2**32
    if search.method == "random":
        return optuna.samplers.RandomSampler(seed=seed)
    with warnings.catch_warnings():  # experimental constant_liar counts running trials
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        return optuna.samplers.TPESampler(seed=seed, constant_liar=side_by_side)


def pruner(optuna: Any, search: Search, epochs: int) -> Any:
    """Return the pruner of trials with this number of epochs."""
    match search.prune:
        case "median":
            return optuna.pruners.MedianPruner()
        case "hyperband":
            return optuna.pruners.HyperbandPruner(max_resource=epochs)
    return optuna.pruners.NopPruner()
