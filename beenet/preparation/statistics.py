"""Computes preprocessing's statistics of the train split in bounded memory."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.config.preprocessing import Preprocessing
from beenet.datasets.encode import decode

Floats = NDArray[np.float32]

_BLOCK = 2**20  # values: 8 MB as float64
EPSILON = 1e-8
"""Added to a deviation before dividing by it, as in TFLearn."""


def compute(method: Preprocessing, x: NDArray[Any]) -> Floats:
    """Return the statistic that a method needs, as TFLearn computes it.

    As in TFLearn it is computed from the raw examples, regardless of the methods before
    this one. Sums are taken in float64.

    Args:
        method: a method with a statistic.
        x: the train split, [n, *shape]: float32, or uint8 meaning value/255.

    Returns:
        float32: a number; with ``per_channel`` [channels]; for ``zca_whitening`` a
        matrix [values, values].
    """
    per_channel = getattr(method, "per_channel", False)
    if method.statistic == "pc":
        result = _principal_components(x)
    elif method.statistic == "mean":
        result = _mean(x, per_channel)
    else:
        result = _mean_of_deviations(x) if per_channel else _deviation(x)
    return np.asarray(result, np.float32)


def _blocks(x: NDArray[Any]) -> Iterator[NDArray[np.float64]]:
    step = max(1, _BLOCK // max(1, x[:1].size))
    for start in range(0, len(x), step):
        # Through float32, because that is what the network is fed.
        yield decode(x[start : start + step]).astype(np.float64)


def _mean(x: NDArray[Any], per_channel: bool) -> Any:
    axes = tuple(range(x.ndim - 1)) if per_channel else None
    total = sum(block.sum(axis=axes) for block in _blocks(x))
    return total / (x.size // (x.shape[-1] if per_channel else 1))


def _deviation(x: NDArray[Any]) -> Any:
    mean = _mean(x, per_channel=False)
    squares = sum(float(np.square(block - mean).sum()) for block in _blocks(x))
    return np.sqrt(squares / x.size)


def _mean_of_deviations(x: NDArray[Any]) -> Any:
    """Return each channel's deviation within an example, averaged over the examples."""
    return sum(block.std(axis=(1, 2)).sum(axis=0) for block in _blocks(x)) / len(x)


def _principal_components(x: NDArray[Any]) -> Any:
    """Return the whitening matrix U diag(1 / sqrt(S + epsilon)) U^T.

    TFLearn's sigma is X^T X over the number of values, neither centred nor divided by
    the number of examples. It is symmetric, so its eigenvectors are TFLearn's singular
    vectors, computed in a fraction of the time.
    """
    n = x[:1].size
    sigma = np.zeros((n, n))
    for block in _blocks(x):
        flat = block.reshape(len(block), n)
        sigma += flat.T @ flat
    values, vectors = np.linalg.eigh(sigma / n)
    scale = 1.0 / np.sqrt(np.maximum(values, 0.0) + EPSILON)
    return (vectors * scale) @ vectors.T
