"""One pass over all examples for digests, fingerprints, statistics and faults."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beenet.audit.examples import Examples
from beenet.audit.likeness import Similarity, is_sound

_AT_AN_END = 0.5
"""Share of a picture's values at 0 or at 1 that makes it clipped."""
_FLAT_TOPS = 0.005
"""Share of a recording's samples in flat tops that makes it clipped."""


@dataclass(frozen=True)
class Scan:
    """The result of one pass; arrays have an entry for each example."""

    group: NDArray[np.int64]
    """Number from 0, equal for examples whose values are equal, int64 [n]."""
    prints: NDArray[np.float32]
    """Fingerprints, float32 [n, d]."""
    flat: NDArray[np.bool_]
    """Constant or silent."""
    clipped: NDArray[np.bool_]
    """Too bright, too dark or too loud for its scale."""
    low: NDArray[np.float32]
    """Smallest value."""
    high: NDArray[np.float32]
    """Largest value."""
    mean: NDArray[np.float64]
    """Mean of the values."""
    variance: NDArray[np.float64]
    """Variance of the values."""
    ground: tuple[str, ...]
    """Ends of the scale (``0``, ``1``) that are the background of most pictures."""


def scan(examples: Examples, likeness: Similarity) -> Scan:
    """Read every example once."""
    n = len(examples)
    digests = np.empty((n, 2), np.uint64)
    prints: list[NDArray[np.float32]] = []
    flat = np.empty(n, bool)
    low, high = np.empty((2, n), np.float32)
    mean, variance = np.empty((2, n))
    share = np.empty((n, 2), np.float32)
    sound = is_sound(examples.shape)
    for start, rows in examples.blocks():
        part = slice(start, start + len(rows))
        values = rows.reshape(len(rows), -1)
        digests[part] = [_digest(row) for row in values]
        prints.append(likeness.fingerprints(rows))
        flat[part] = likeness.flat(rows)
        low[part], high[part] = values.min(axis=1), values.max(axis=1)
        mean[part] = values.mean(axis=1, dtype=np.float64)
        variance[part] = np.square(values - mean[part, None]).mean(axis=1)
        share[part] = _flat_tops(values) if sound else _at_the_ends(values)
    group = np.unique(digests, axis=0, return_inverse=True)[1].reshape(n)
    much = share >= (_FLAT_TOPS if sound else _AT_AN_END)
    # An end of the scale that fills most pictures is background, like MNIST's black.
    usual = (much.mean(axis=0) > 0.5) & (not sound)
    return Scan(
        group=group,
        prints=np.concatenate(prints),
        flat=flat,
        clipped=(much & ~usual).any(axis=1) & ~flat,
        low=low,
        high=high,
        mean=mean,
        variance=variance,
        ground=tuple(end for end, is_so in zip("01", usual, strict=True) if is_so),
    )


def _digest(row: NDArray[np.float32]) -> NDArray[np.uint64]:
    digest = hashlib.blake2b(row.data, digest_size=16).digest()
    return np.frombuffer(digest, np.uint64)


def _at_the_ends(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the share of values at 0 and at 1, [n, 2]."""
    ends = [(values == 0).mean(axis=1), (values == 1).mean(axis=1)]
    return np.stack(ends, axis=1).astype(np.float32)


def _flat_tops(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the share of samples that repeat the previous one at each peak, [n, 2]."""
    repeats = values[:, 1:] == values[:, :-1]
    peaks = [values.max(axis=1, keepdims=True), values.min(axis=1, keepdims=True)]
    tops = [(repeats & (values[:, 1:] == peak)).mean(axis=1) for peak in peaks]
    return np.stack(tops, axis=1).astype(np.float32)
