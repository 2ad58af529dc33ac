"""Draws synthetic hive audio: humming bees, chirping crickets, other noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLES = 4000
_RATE = 8000  # samples per second
_BEE, _CRICKET = 0, 1  # the rest is noise

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Hive:
    """What the recordings of one hive have in common."""

    hum: float
    """Fundamental frequency of the bees, in Hz."""
    chirp: float
    """Frequency of the crickets, in Hz."""
    noise: float
    """Factor on the noise that is added to a signal of about 1."""


_HOME = Hive(hum=250, chirp=3000, noise=0.3)
_ELSEWHERE = Hive(hum=225, chirp=2600, noise=0.8)

HIVES = {"train": _HOME, "test": _HOME, "valid": _ELSEWHERE}
"""Split name to hive: valid has other bees, other crickets and more wind."""


def recordings(
    rng: np.random.Generator, labels: NDArray[np.int64], hive: Hive
) -> Floats:
    """Draw recordings, each divided by its maximum (so values may go below -1).

    Args:
        rng: the random generator.
        labels: shape (n,); 0 bee, 1 cricket, 2 noise.
        hive: frequencies and noise.

    Returns:
        Shape (n, 4000), float32; the maximum of each recording is 1.
    """
    n = len(labels)
    time = np.arange(SAMPLES, dtype=np.float32) / np.float32(_RATE)
    rumble_share = _between(rng, n, 0.0, 1.0)
    white = rng.standard_normal((n, SAMPLES), dtype=np.float32)
    noise = (1 - rumble_share) * white + rumble_share * _rumble(rng, n, time)
    signal = np.zeros((n, SAMPLES), dtype=np.float32)
    bees, crickets = labels == _BEE, labels == _CRICKET
    signal[bees] = _hum(rng, int(bees.sum()), time, hive)
    signal[crickets] = _chirps(rng, int(crickets.sum()), time, hive)
    signal += np.float32(hive.noise) * noise
    signal /= signal.max(axis=1, keepdims=True)
    return signal


def _hum(rng: np.random.Generator, n: int, time: Floats, hive: Hive) -> Floats:
    """Return five harmonics of about ``hive.hum`` Hz, of decreasing strength."""
    ground = np.float32(hive.hum) * _between(rng, n, 0.92, 1.08)
    sound = np.zeros((n, SAMPLES), dtype=np.float32)
    for harmonic in range(1, 6):
        strength = _between(rng, n, 0.4, 1.0) / np.float32(harmonic)
        phase = _between(rng, n, 0, 2 * np.pi)
        turns = np.float32(2 * np.pi * harmonic) * ground * time
        sound += strength * np.sin(turns + phase)
    return sound


def _chirps(rng: np.random.Generator, n: int, time: Floats, hive: Hive) -> Floats:
    """Return short bursts of a high, falling tone."""
    tone = np.float32(hive.chirp) * _between(rng, n, 0.9, 1.1)
    rate, phase = _between(rng, n, 15, 30), _between(rng, n, 0, 2 * np.pi)
    pulse = np.maximum(0, np.sin(np.float32(2 * np.pi) * rate * time + phase))
    fall = 1 - np.float32(0.1) * time
    sound: Floats = pulse**2 * np.sin(np.float32(2 * np.pi) * tone * fall * time)
    return np.float32(1.5) * sound


def _rumble(rng: np.random.Generator, n: int, time: Floats) -> Floats:
    """Return slow oscillations below 120 Hz, like wind and traffic."""
    sound = np.zeros((n, SAMPLES), dtype=np.float32)
    for _ in range(4):
        frequency = _between(rng, n, 20, 120)
        phase = _between(rng, n, 0, 2 * np.pi)
        sound += np.sin(np.float32(2 * np.pi) * frequency * time + phase)
    return sound


def _between(rng: np.random.Generator, n: int, low: float, high: float) -> Floats:
    """Return uniform random numbers, shape (n, 1), to broadcast over recordings."""
    unit = rng.random((n, 1), dtype=np.float32)
    return np.float32(low) + np.float32(high - low) * unit
