"""Draws synthetic hive pictures: striped bees, or clutter of the same brightness.

A bee is a striped oval; clutter is a plain oval or a bar of the same colours and sizes
on the same backgrounds, so that neither mean brightness nor colour reveals a bee.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIDE = 64
_BGR_TO_GRAY = np.array([0.114, 0.587, 0.299], dtype=np.float32)
_AMBER_BGR = np.array([0.35, 0.75, 1.0], dtype=np.float32)

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Hive:
    """What a hive's pictures have in common."""

    light: float
    """Factor on all values."""
    background: tuple[float, float]
    """Range of the background's gray."""
    noise: float
    """Standard deviation of the camera's noise."""
    contrast: float
    """Amplitude of a bee's stripes."""


_HOME = Hive(light=1.0, background=(0.35, 0.65), noise=0.04, contrast=0.30)
_ELSEWHERE = Hive(light=0.8, background=(0.25, 0.75), noise=0.08, contrast=0.20)

HIVES = {"train": _HOME, "test": _HOME, "valid": _ELSEWHERE}
"""Split name to hive: valid's is darker and noisier, its bees have paler stripes."""


def pictures(
    rng: np.random.Generator, is_bee: NDArray[np.bool_], hive: Hive
) -> NDArray[np.uint8]:
    """Draw pictures in BGR order.

    Args:
        rng: the random generator.
        is_bee: shape (n,).
        hive: light, background and noise.

    Returns:
        Shape (n, 64, 64, 3), uint8.
    """
    n = len(is_bee)
    backdrop = _backdrops(rng, n, hive)
    oval, stripes = _insects(rng, is_bee)
    tone = _between(rng, n, 0.40, 0.60)
    body = tone + hive.contrast * stripes
    tint = 1 - _between(rng, n, 0.2, 0.6)[..., None] * (1 - _AMBER_BGR)
    # A slight tint of the background, as from the time of day.
    daylight = 1 + np.float32(0.1) * (rng.random((n, 1, 1, 3), dtype=np.float32) - 0.5)
    picture = (backdrop * (1 - oval))[..., None] * daylight
    picture += (oval * body)[..., None] * tint
    picture *= np.float32(hive.light)
    noise = rng.standard_normal(picture.shape, dtype=np.float32)
    picture += np.float32(hive.noise) * noise
    return _bytes(picture)


def grayed(colour: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the gray version, shape (n, 64, 64, 1), uint8, of BGR pictures."""
    return _bytes((colour @ _BGR_TO_GRAY / np.float32(255))[..., None])


def _backdrops(rng: np.random.Generator, n: int, hive: Hive) -> Floats:
    """Return soft random texture around a random gray, shape (n, 64, 64)."""
    coarse = rng.standard_normal((n, 9, 9), dtype=np.float32)
    spread = _interpolation(9)
    texture = (spread @ coarse @ spread.T).astype(np.float32, copy=False)
    texture *= np.float32(0.10)
    texture += _between(rng, n, *hive.background)
    return texture


def _interpolation(knots: int) -> Floats:
    """Return the linear interpolation from knots to pixels, shape (64, knots)."""
    at = np.linspace(0, knots - 1, SIDE, dtype=np.float32)[:, None]
    shares: Floats = np.clip(1 - np.abs(at - np.arange(knots, dtype=np.float32)), 0, 1)
    return shares


def _insects(
    rng: np.random.Generator, is_bee: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Return the mask of each body (0..1), and its stripes (-1..1; 0 on clutter)."""
    n = len(is_bee)
    across, down = _between(rng, n, 24, 40), _between(rng, n, 24, 40)
    turn = _between(rng, n, 0, np.pi)
    length = _between(rng, n, 13, 19)
    width = length * _between(rng, n, 0.45, 0.60)
    # Clutter is either a bee's oval without stripes or a long bar.
    is_bar = (~is_bee & (rng.random(n) < 0.5))[:, None, None]
    length = np.where(is_bar, np.float32(40), length)
    width = np.where(is_bar, width * np.float32(0.5), width)
    y, x = np.indices((1, SIDE, SIDE), dtype=np.float32)[1:]
    along = (x - across) * np.cos(turn) + (y - down) * np.sin(turn)
    aside = (y - down) * np.cos(turn) - (x - across) * np.sin(turn)
    distance = (along / length) ** 2 + (aside / width) ** 2
    oval = np.clip(4 * (1 - distance), 0, 1)
    period = _between(rng, n, 7, 10)
    phase = _between(rng, n, 0, 2 * np.pi)
    stripes = np.sin(2 * np.pi * along / period + phase)
    return oval, stripes * is_bee[:, None, None]


def _between(rng: np.random.Generator, n: int, low: float, high: float) -> Floats:
    """Return uniform random numbers, shape (n, 1, 1), to broadcast over pictures."""
    unit = rng.random((n, 1, 1), dtype=np.float32)
    return np.float32(low) + np.float32(high - low) * unit


def _bytes(values: Floats) -> NDArray[np.uint8]:
    scaled: Floats = np.clip(values, 0, 1) * np.float32(255)
    return np.rint(scaled).astype(np.uint8)
