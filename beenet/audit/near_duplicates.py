"""Finds near duplicates by an exhaustive search in blocks.

Two examples are near duplicates if they are ten times closer (in squared distance) than
the median example of their class is to its nearest neighbour, within bounds: always
with r >= 0.995, never with r < 0.95. docs/audit.md explains these numbers.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.audit.examples import Examples
from beenet.audit.likeness import Similarity

ALWAYS, NEVER = 0.995, 0.95
"""Correlations from which on two always, and below which they never are duplicates."""
TIMES_CLOSER = 10
"""How many times closer than a typical neighbour a near duplicate is."""
MAX_PAIRS = 100_000
"""The most pairs that are kept, the closest by their fingerprints."""

_SAMPLE = 500  # examples of a class that the distance of neighbours is taken from
_CLOSEST = 200  # pairs that are measured to find the closest non-duplicates
_ROWS, _COLUMNS = 1024, 8192  # of a block of distances: 32 MB

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class NearDuplicates:
    """The result of the search."""

    pairs: Ints
    """Near duplicates, int64 [m, 2], closest first."""
    r: Floats
    """Their correlations, float32 [m]."""
    strangers: Ints
    """The closest pairs that are not near duplicates, int64 [k, 2]."""
    strangers_r: Floats
    """Their correlations, float32 [k]."""
    typical: Floats
    """Upper bound of the correlation of each class's median example with its nearest
    neighbour; NaN if there is none."""
    needed: Floats
    """Smallest correlation of near duplicates in each class."""
    complete: bool
    """False if there were more candidates than are kept."""


def near_duplicates(
    examples: Examples,
    likeness: Similarity,
    prints: Floats,
    which: Ints,
    n_classes: int,
) -> NearDuplicates:
    """Find all pairs that are nearly, but not exactly, the same.

    Args:
        examples: the examples.
        likeness: the way to compare them.
        prints: fingerprints of all examples, float32 [n, d].
        which: the examples to compare: no two are equal, none is flat.
        n_classes: the number of classes.
    """
    labels = examples.labels[which]
    left, right = _ready(prints[which])
    typical = _typical(left, right, labels, n_classes)
    limits = np.clip(typical / TIMES_CLOSER, 2 - 2 * ALWAYS, 2 - 2 * NEVER)
    limits = np.where(np.isnan(limits), 2 - 2 * NEVER, limits).astype(np.float32)
    near, closest, complete = _search(left, right, limits[labels])
    needed = limits[labels[near]].min(axis=1) if len(near) else np.empty(0)
    near = which[near].reshape(-1, 2)
    far = _measured(examples, likeness, near)
    close, far = near[far <= needed], far[far <= needed]
    order = np.argsort(far, kind="stable")
    taken = {tuple(pair) for pair in close.tolist()}
    others = which[closest].reshape(-1, 2)
    keep = [tuple(pair) not in taken for pair in others.tolist()]
    strangers = others[np.array(keep, bool)]
    apart = _measured(examples, likeness, strangers)
    ranks = np.argsort(apart, kind="stable")
    return NearDuplicates(
        pairs=close[order],
        r=_correlation(far[order]),
        strangers=strangers[ranks],
        strangers_r=_correlation(apart[ranks]),
        typical=_correlation(typical),
        needed=_correlation(limits),
        complete=complete,
    )


def _correlation(distances: NDArray[Any]) -> Floats:
    return np.asarray(1 - distances / 2, np.float32)


def _ready(prints: Floats) -> tuple[Floats, Floats]:
    """Return A and B such that A @ B.T is -1/2 of all squared distances."""
    half = np.square(prints).sum(axis=1, keepdims=True) / -2
    ones = np.ones_like(half)
    return np.hstack([prints, half, ones]), np.hstack([prints, ones, half])


def _typical(left: Floats, right: Floats, labels: Ints, n_classes: int) -> Floats:
    """Return the median distance to the nearest neighbour for each class."""
    typical = np.full(n_classes, np.nan, np.float32)
    if len(labels) < 2:
        return typical
    rng = np.random.default_rng(0)
    for label in range(n_classes):
        members = np.flatnonzero(labels == label)
        if not len(members):
            continue
        rows = rng.permutation(members)[:_SAMPLE]
        best = np.full(len(rows), -np.inf, np.float32)
        for start in range(0, len(right), _COLUMNS):
            block = left[rows] @ right[start : start + _COLUMNS].T
            own = np.flatnonzero((rows >= start) & (rows < start + _COLUMNS))
            block[own, rows[own] - start] = -np.inf
            np.maximum(best, block.max(axis=1), out=best)
        typical[label] = np.median(np.maximum(0, -2 * best))
    return typical


def _search(left: Floats, right: Floats, limits: Floats) -> tuple[Ints, Ints, bool]:
    """Compare all with all by their fingerprints.

    Returns:
        Pairs within both limits, int64 [m, 2]; the closest pairs, int64 [k, 2];
        whether the former are complete.
    """
    near, closest = _Best(MAX_PAIRS), _Best(_CLOSEST)
    for top in range(0, len(left), _ROWS):
        rows = left[top : top + _ROWS]
        floor = limits[top : top + _ROWS] / -2
        for start in range(top, len(right), _COLUMNS):
            block = rows @ right[start : start + _COLUMNS].T
            if start == top:  # pairs of equal rows, and pairs compared already
                block[np.tril_indices(len(rows), 0, block.shape[1])] = -np.inf
            best = block.argmax(axis=1)
            value = block[np.arange(len(rows)), best]
            closest.add(value, np.arange(len(rows)) + top, best + start)
            some = np.flatnonzero(value >= floor)
            i, j = np.nonzero(block[some] >= floor[some, None])
            i = some[i]
            both = block[i, j] >= limits[j + start] / -2
            i, j = i[both], j[both]
            near.add(block[i, j], i + top, j + start)
    return near.pairs(), closest.pairs(), near.complete


class _Best:
    """The pairs with the largest values, at most ``most``."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: list[tuple[Floats, Ints, Ints]] = []
        self._n = 0
        self.complete = True

    def add(self, value: Floats, first: Ints, second: Ints) -> None:
        self._found.append((value, first, second))
        self._n += len(value)
        if self._n > 4 * self._most:
            self._cut()

    def pairs(self) -> Ints:
        """Return int64 [m, 2]."""
        if self._n:
            self._cut()
        if not self._n:
            return np.empty((0, 2), np.int64)
        _, first, second = self._found[0]
        return np.stack([first, second], axis=1)

    def _cut(self) -> None:
        value, first, second = map(np.concatenate, zip(*self._found, strict=True))
        best = np.flatnonzero(np.isfinite(value))
        if len(best) > self._most:
            best = best[np.argpartition(-value[best], self._most)[: self._most]]
            self.complete = False
        self._found = [(value[best], first[best], second[best])]
        self._n = len(best)


def _measured(examples: Examples, likeness: Similarity, pairs: Ints) -> Floats:
    """Return the exact distances of pairs, computed from all values."""
    parts = [
        likeness.distances(
            examples.rows(pairs[at : at + examples.step, 0]),
            examples.rows(pairs[at : at + examples.step, 1]),
        )
        for at in range(0, len(pairs), examples.step)
    ]
    return np.concatenate([np.empty(0, np.float32), *parts])
