"""Distances of examples that do not depend on brightness or loudness.

An example is centred (each channel's mean is subtracted) and scaled to length 1. The
distance of two is the squared distance of these vectors, 2 (1 - r), where r is their
correlation: 0 for copies with another brightness and contrast, 2 if uncorrelated.

A fingerprint is a short vector such that two of them are never farther apart than the
examples are. So a search among fingerprints misses no pair.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Floats = NDArray[np.float32]

_FREQUENCIES = 16
"""Number of frequencies of a picture that are kept along each side."""
_BANDS = 1024
"""Largest number of frequency bands of a recording."""


class Similarity(Protocol):
    """A way to compare examples."""

    def flat(self, rows: Floats) -> NDArray[np.bool_]:
        """Return which rows are constant or silent, so that they cannot be compared."""

    def fingerprints(self, rows: Floats) -> Floats:
        """Return float32 [n, d]; zeros for rows with nothing to compare."""

    def distances(self, first: Floats, second: Floats) -> Floats:
        """Return 2 (1 - r) of each pair of rows, float32 [n]."""


def likeness_for(shape: Sequence[int]) -> Similarity:
    """Return the way to compare examples of a shape.

    Args:
        shape: (samples, 1, 1) is a recording, (height, width, channels) a picture;
            any other is treated as a picture of one line.
    """
    if is_sound(shape):
        return AudioSimilarity()
    if len(shape) == 3:
        height, width, channels = shape
        return ImageSimilarity(height, width, channels)
    return ImageSimilarity(1, math.prod(shape), 1)


def is_sound(shape: Sequence[int]) -> bool:
    """Return whether examples of a shape are recordings."""
    return len(shape) == 3 and tuple(shape[1:]) == (1, 1)


@dataclass(frozen=True)
class ImageSimilarity:
    """Compares pictures; fingerprints are their low frequencies."""

    height: int
    """In pixels."""
    width: int
    """In pixels."""
    channels: int
    """Number of colour channels."""

    def flat(self, rows: Floats) -> NDArray[np.bool_]:
        """Return which rows have a standard deviation below half of 1/255."""
        return _deviation(self._centred(rows)) < 0.5 / 255

    def fingerprints(self, rows: Floats) -> Floats:
        """Return the lowest coefficients of the gray picture's cosine transform.

        pHash uses these coefficients' signs; their values preserve the distance. Gray
        is the projection on (1, 1, 1) / sqrt(3) and the transform is orthonormal, so
        that distances can only shrink (Parseval).
        """
        gray = self._unit(rows).reshape(-1, self.height, self.width, self.channels)
        gray = gray.sum(axis=3) / np.float32(math.sqrt(self.channels))
        low = _cosines(self.height) @ gray @ _cosines(self.width).T
        found: Floats = low.reshape(len(rows), -1)
        return found

    def distances(self, first: Floats, second: Floats) -> Floats:
        """Return 2 (1 - r) of each pair of rows, float32 [n]."""
        there = self._unit(first) - self._unit(second)
        found: Floats = np.einsum("ij,ij->i", there, there)
        return found

    def _centred(self, rows: Floats) -> Floats:
        pixels = rows.reshape(len(rows), -1, self.channels)
        pixels = pixels - pixels.mean(axis=1, keepdims=True)
        found: Floats = pixels.reshape(len(rows), -1)
        return found

    def _unit(self, rows: Floats) -> Floats:
        return _to_length_one(self._centred(rows))


@dataclass(frozen=True)
class AudioSimilarity:
    """Compares recordings; fingerprints are spectra, which ignore shifts in time."""

    def flat(self, rows: Floats) -> NDArray[np.bool_]:
        """Return which rows are silent: deviation below 0.001 of full scale, -60 dB."""
        return _deviation(self._centred(rows)) < 0.001

    def fingerprints(self, rows: Floats) -> Floats:
        """Return the magnitude of each band of the spectrum.

        |  |X| - |Y|  | <= |X - Y| holds for the Fourier transforms at each frequency,
        also for the vectors of a band, and for any phases: so distances can only
        shrink, however one recording is rotated in time.
        """
        spectrum = np.abs(fft.rfft(self._unit(rows), axis=1, norm="ortho"))
        power = np.square(spectrum, dtype=np.float32) * np.float32(2)
        power[:, 0] /= 2
        if rows[0].size % 2 == 0:
            power[:, -1] /= 2
        step = -(-power.shape[1] // _BANDS)
        starts = np.arange(0, power.shape[1], step)
        found: Floats = np.sqrt(np.add.reduceat(power, starts, axis=1))
        return found

    def distances(self, first: Floats, second: Floats) -> Floats:
        """Return 2 (1 - r) at the rotation in time with the largest r, float32 [n]."""
        n = first[0].size
        a = fft.rfft(self._unit(first), axis=1)
        b = fft.rfft(self._unit(second), axis=1)
        r = fft.irfft(a * b.conj(), n=n, axis=1).max(axis=1)
        found: Floats = np.maximum(0, 2 - 2 * r).astype(np.float32)
        return found

    def _centred(self, rows: Floats) -> Floats:
        values = rows.reshape(len(rows), -1)
        found: Floats = values - values.mean(axis=1, keepdims=True)
        return found

    def _unit(self, rows: Floats) -> Floats:
        return _to_length_one(self._centred(rows))


def _deviation(centred: Floats) -> NDArray[Any]:
    return np.asarray(np.sqrt(np.square(centred).mean(axis=1)))


def _to_length_one(centred: Floats) -> Floats:
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    found: Floats = np.divide(
        centred, length, out=np.zeros_like(centred), where=length > 1e-6
    )
    return found


def _cosines(n: int) -> Floats:
    """Return the lowest frequencies of the orthonormal DCT-II, float32 [<=16, n]."""
    waves = fft.dct(np.eye(n), axis=0, norm="ortho")[:_FREQUENCIES]
    return np.asarray(waves, np.float32)
