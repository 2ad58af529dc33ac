"""Measures how different two splits are: a small classifier's cross-validated AUC."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from beenet.audit.examples import Examples
from beenet.audit.likeness import is_sound
from beenet.registry import SPLITS

MAX_EXAMPLES = 3000
"""About the most examples taken from each of the two splits."""
MIN_EXAMPLES = 50
"""The fewest examples from each for a measurement."""
_FOLDS = 5
_SHRINKAGE = 0.1
_GRID = 8  # a picture is reduced to 8 x 8 patches
_FRAME, _BANDS = 128, 32  # a recording to frames of 128 samples in 32 bands

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Separation:
    """How well a classifier separates one split's examples from another's."""

    auc: float
    """Probability that it ranks a pair, one of each split, correctly; 0.5 by chance."""
    interval: tuple[float, float]
    """The AUC's 95 % interval."""
    n: int
    """Number of examples from each split."""

    @property
    def is_chance(self) -> bool:
        """Whether the AUC is not significantly better than chance."""
        return self.interval[0] <= 0.5


def separation(examples: Examples, first: str, second: str) -> Separation | None:
    """Measure how well a classifier separates one split from another.

    Each class contributes equally many examples from both, so that different shares of
    the classes have no effect.

    Returns:
        None if the splits share fewer than `MIN_EXAMPLES` examples by class.
    """
    rows = _alike_in_classes(examples, SPLITS.index(first), SPLITS.index(second))
    if len(rows[0]) < MIN_EXAMPLES:
        return None
    features = np.concatenate([_features(examples, which) for which in rows])
    n = len(rows[0])
    truth = np.repeat([0.0, 1.0], n)
    fold = np.tile(np.random.default_rng(0).permutation(n) % _FOLDS, 2)
    auc = _auc(_held_out_scores(features, truth, fold), truth)
    return Separation(auc, _interval(auc, n), n)


def _alike_in_classes(
    examples: Examples, first: int, second: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return equally many examples of each class from two splits, sorted."""
    rng = np.random.default_rng(0)
    labels = examples.labels
    of = [np.flatnonzero(examples.split_of == split) for split in (first, second)]
    shared = [
        min(np.count_nonzero(labels[rows] == label) for rows in of)
        for label in range(int(labels.max()) + 1)
    ]
    scale = min(1.0, MAX_EXAMPLES / max(1, sum(shared)))
    chosen: list[NDArray[np.int64]] = []
    for rows in of:
        parts = []
        for label, n in enumerate(shared):
            members = rng.permutation(rows[labels[rows] == label])
            parts.append(members[: math.ceil(n * scale)])
        chosen.append(np.sort(np.concatenate(parts)))
    return chosen[0], chosen[1]


def _features(examples: Examples, which: NDArray[np.int64]) -> Floats:
    of = _of_sounds if is_sound(examples.shape) else _of_pictures
    parts = [
        of(examples.rows(which[at : at + examples.step]))
        for at in range(0, len(which), examples.step)
    ]
    return np.concatenate(parts).astype(np.float64)


def _of_pictures(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each patch's mean colour, and the logarithm of the variance inside it."""
    n, height, width, channels = (
        rows.shape if rows.ndim == 4 else (len(rows), 1, rows[0].size, 1)
    )
    pixels = rows.reshape(n, height, width, channels)
    colour = _patches(pixels)
    variance = _patches(np.square(pixels)) - np.square(colour)
    spread = np.log(np.maximum(variance, 0).mean(axis=2) + 1e-5)
    return np.hstack([colour.reshape(n, -1), spread])


def _patches(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the means of up to 8 x 8 patches, [n, patches, channels]."""
    for axis in (1, 2):
        side = pixels.shape[axis]
        edges = np.linspace(0, side, min(_GRID, side) + 1).astype(int)
        sums: NDArray[np.float32] = np.add.reduceat(pixels, edges[:-1], axis=axis)
        shape = [1, 1, 1, 1]
        shape[axis] = -1
        sides = np.diff(edges).astype(np.float32).reshape(shape)
        pixels = np.asarray(sums / sides, np.float32)
    return pixels.reshape(len(pixels), -1, pixels.shape[-1])


def _of_sounds(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return mean and deviation over time of the logarithm of each band's power."""
    values = rows.reshape(len(rows), -1)
    frame = min(_FRAME, values.shape[1])
    whole = values[:, : values.shape[1] // frame * frame]
    frames = whole.reshape(len(rows), -1, frame) * np.hanning(frame).astype(np.float32)
    power = np.square(np.abs(np.fft.rfft(frames, axis=2)))
    starts = np.unique(
        np.linspace(0, power.shape[2], _BANDS, endpoint=False, dtype=int)
    )
    level = np.log(np.add.reduceat(power, starts, axis=2) + 1e-6)
    found = np.hstack([level.mean(axis=1), level.std(axis=1)])
    return found.astype(np.float32)


def _held_out_scores(
    features: Floats, truth: Floats, fold: NDArray[np.int64]
) -> Floats:
    """Return each example's score by a linear discriminant fitted without its fold.

    J. H. Friedman, "Regularized discriminant analysis", J. Am. Stat. Assoc. 84 (1989):
    the covariance is shrunk towards a diagonal matrix.
    """
    scores = np.empty(len(features))
    for held in range(_FOLDS):
        out = fold == held
        known = features[~out]
        mean, deviation = known.mean(axis=0), known.std(axis=0)
        deviation[deviation < 1e-9] = 1
        x = (known - mean) / deviation
        target = truth[~out] - truth[~out].mean()
        covariance = x.T @ x / len(x) + _SHRINKAGE * np.eye(x.shape[1])
        weights = np.linalg.solve(covariance, x.T @ target)
        scores[out] = (features[out] - mean) / deviation @ weights
    return scores


def _auc(scores: Floats, truth: Floats) -> float:
    """Return the area under the ROC curve: the Mann-Whitney U over the pairs."""
    positive = truth == 1
    m, k = int(positive.sum()), int((~positive).sum())
    ranks = rankdata(scores)[positive].sum()
    return float((ranks - m * (m + 1) / 2) / (m * k))


def _interval(auc: float, n: int) -> tuple[float, float]:
    """Return the AUC's 95 % interval for n examples from each split.

    J. A. Hanley and B. J. McNeil, "The meaning and use of the area under a receiver
    operating characteristic (ROC) curve", Radiology 143 (1982), equation 2.
    """
    q1, q2 = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    variance = auc * (1 - auc) + (n - 1) * (q1 + q2 - 2 * auc * auc)
    spread = 1.96 * math.sqrt(max(0.0, variance)) / n
    return max(0.0, auc - spread), min(1.0, auc + spread)
