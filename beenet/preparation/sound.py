"""beenet's augmentation of sound, with draw and apply as in `images`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.config import augmentation as config
from beenet.config.layers import ExampleShape
from beenet.preparation.images import Drawn, Floats


class RandomShift:
    """Shifts each example in time by a random number of samples, with wrap-around."""

    def __init__(self, method: config.RandomShift, shape: ExampleShape) -> None:
        self._max_shift = method.max_shift

    def draw(self, rng: np.random.Generator, n: int) -> Drawn:
        """Draw the shifts in samples, uniformly from -max to max."""
        return (rng.integers(-self._max_shift, self._max_shift + 1, n),)

    def apply(self, x: Floats, shift: NDArray[Any]) -> Floats:
        """Shift the examples: sample t moves to t + shift."""
        length = x.shape[1]
        source = (np.arange(length) - shift[:, np.newaxis]) % length
        moved: Floats = x[np.arange(len(x))[:, np.newaxis], source]
        return moved


class RandomGain:
    """Makes each example louder or softer by a random factor."""

    def __init__(self, method: config.RandomGain, shape: ExampleShape) -> None:
        self._max_gain = method.max_gain

    def draw(self, rng: np.random.Generator, n: int) -> Drawn:
        """Draw the factors, uniformly in decibels."""
        decibels = rng.uniform(-self._max_gain, self._max_gain, n)
        return ((10 ** (decibels / 20)).astype(np.float32),)

    def apply(self, x: Floats, gain: NDArray[Any]) -> Floats:
        """Multiply the examples by their factors."""
        x *= gain.reshape(-1, *[1] * (x.ndim - 1))
        return x


class RandomNoise:
    """Adds white noise of a random strength to each example."""

    def __init__(self, method: config.RandomNoise, shape: ExampleShape) -> None:
        self._max_std = method.max_std

    def draw(self, rng: np.random.Generator, n: int) -> Drawn:
        """Draw the standard deviations, and a key for each example's noise."""
        keys = rng.integers(2**64, size=n, dtype=np.uint64)
        return rng.uniform(0.0, self._max_std, n).astype(np.float32), keys

    def apply(self, x: Floats, std: NDArray[Any], key: NDArray[Any]) -> Floats:
        """Add the noise, which is a function of each example's key."""
        for example, strength, k in zip(x, std, key, strict=True):
            rng = np.random.Generator(np.random.Philox(key=int(k)))
            example += strength * rng.standard_normal(example.shape, np.float32)
        return x
