"""beenet's augmentation of sound, in the two halves of `images`: draw and apply."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.config import augmentation as config
from beenet.config.layers import ExampleShape
from beenet.preparation.images import Drawn, Floats


class RandomShift:
    """Each example moved in time, and round the end."""

    def __init__(self, method: config.RandomShift, shape: ExampleShape) -> None:
        self._max_shift = method.max_shift

    def draw(self, rng: np.random.Generator, n: int) -> Drawn:
        """Draw the shifts in samples, every one from -max to max equally likely."""
        return (rng.integers(-self._max_shift, self._max_shift + 1, n),)

    def apply(self, x: Floats, shift: NDArray[Any]) -> Floats:
        """Move them: sample t comes to t + shift."""
        length = x.shape[1]
        source = (np.arange(length) - shift[:, np.newaxis]) % length
        moved: Floats = x[np.arange(len(x))[:, np.newaxis], source]
        return moved


class RandomGain:
    """Each example louder or softer."""

    def __init__(self, method: config.RandomGain, shape: ExampleShape) -> None:
        self._max_gain = method.max_gain

    def draw(self, rng: np.random.Generator, n: int) -> Drawn:
        """Draw the factors: uniform in decibels."""
        decibels = rng.uniform(-self._max_gain, self._max_gain, n)
        return ((10 ** (decibels / 20)).astype(np.float32),)

    def apply(self, x: Floats, gain: NDArray[Any]) -> Floats:
        """Multiply by them."""
        x *= gain.reshape(-1, *[1] * (x.ndim - 1))
        return x


class RandomNoise:
    """White noise added to each example."""

    def __init__(self, method: config.RandomNoise, shape: ExampleShape) -> None:
        self._max_std = method.max_std

    def draw(self, rng: np.random.Generator, n: int) -> Drawn:
        """Draw the deviations, and a key for each example's noise."""
        keys = rng.integers(2**64, size=n, dtype=np.uint64)
        return rng.uniform(0.0, self._max_std, n).astype(np.float32), keys

    def apply(self, x: Floats, std: NDArray[Any], key: NDArray[Any]) -> Floats:
        """Add the noise; each example's is a function of its own key."""
        for example, strength, k in zip(x, std, key, strict=True):
            rng = np.random.Generator(np.random.Philox(key=int(k)))
            example += strength * rng.standard_normal(example.shape, np.float32)
        return x
