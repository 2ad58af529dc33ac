"""What draws the points of a search, and what gives trials up: Optuna's."""

import warnings
from typing import Any

from beenet.config.sweep import Search

_STRIDE = 1_000_003
"""Between the seeds of two draws: a sampler is made anew for each, so that a search
that was stopped goes on as it would have."""


def sampler(optuna: Any, search: Search, number: int, *, side_by_side: bool) -> Any:
    """Return what draws the values of a trial, and of no other.

    Args:
        optuna: the package.
        search: by which method, and from which seed on.
        number: of the trial.
        side_by_side: whether others are trained at the same time.
    """
    seed = (search.seed + _STRIDE * number) % 2**32
    if search.method == "random":
        return optuna.samplers.RandomSampler(seed=seed)
    with warnings.catch_warnings():  # constant_liar is new: what others try counts
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        return optuna.samplers.TPESampler(seed=seed, constant_liar=side_by_side)


def pruner(optuna: Any, search: Search, epochs: int) -> Any:
    """Return what decides whether a trial of so many epochs is to be given up."""
    match search.prune:
        case "median":
            return optuna.pruners.MedianPruner()
        case "hyperband":
            return optuna.pruners.HyperbandPruner(max_resource=epochs)
    return optuna.pruners.NopPruner()
