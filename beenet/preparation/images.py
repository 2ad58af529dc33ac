"""TFLearn's augmentation of images: drawn for an epoch, then applied to batches.

Every method has two halves. ``draw`` draws the random numbers of n examples at once,
from TFLearn's distributions; ``apply`` applies those of a batch's examples to it.
"""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from beenet.config import augmentation as config
from beenet.config.layers import ExampleShape

Floats = NDArray[np.float32]
Drawn = tuple[NDArray[Any], ...]
"""Random numbers: arrays with one row for each example."""


class RandomCrop:
    """Crops each image at a random place, after padding with 0."""

    def __init__(self, method: config.RandomCrop, shape: ExampleShape) -> None:
        self._height, self._width = method.crop_shape
        self._padding = method.padding or 0
        around = 2 * self._padding
        self._rows = shape[0] + around - self._height + 1
        self._columns = shape[1] + around - self._width + 1

    def draw(self, rng: np.random.Generator, n: int) -> Drawn:
        """Draw the upper left corners."""
        return rng.integers(self._rows, size=n), rng.integers(self._columns, size=n)

    def apply(self, x: Floats, top: NDArray[Any], left: NDArray[Any]) -> Floats:
        """Cut the parts out."""
        side = (self._padding, self._padding)
        padded = np.pad(x, ((0, 0), side, side, (0, 0))) if self._padding else x
        window = (self._height, self._width, x.shape[3])
        views = sliding_window_view(padded, window, axis=(1, 2, 3))
        parts: Floats = views[np.arange(len(x)), top, left, 0]
        return parts


class RandomFlip:
    """Mirrors each image along an axis with probability 1/2."""

    def __init__(self, method: config.Augmentation, shape: ExampleShape) -> None:
        self._axis = 1 if isinstance(method, config.RandomFlipUpdown) else 2

    def draw(self, rng: np.random.Generator, n: int) -> Drawn:
        """Draw which images are mirrored."""
        return (_half(rng, n),)

    def apply(self, x: Floats, chosen: NDArray[Any]) -> Floats:
        """Mirror the chosen images."""
        x[chosen] = np.flip(x[chosen], self._axis)
        return x


class Random90degreesRotation:
    """Rotates each image by a random number of quarter turns."""

    def __init__(
        self, method: config.Random90degreesRotation, shape: ExampleShape
    ) -> None:
        self._rotations = np.array(method.rotations)

    def draw(self, rng: np.random.Generator, n: int) -> Drawn:
        """Draw the numbers of quarter turns."""
        return (rng.choice(self._rotations, n),)

    def apply(self, x: Floats, turns: NDArray[Any]) -> Floats:
        """Rotate the images, all with the same number at once."""
        for number in (1, 2, 3):
            chosen = turns == number
            if chosen.any():
                x[chosen] = np.rot90(x[chosen], number, axes=(1, 2))
        return x


class RandomRotation:
    """Rotates each image with probability 1/2 by a random angle."""

    def __init__(self, method: config.RandomRotation, shape: ExampleShape) -> None:
        self._max_angle = method.max_angle

    def draw(self, rng: np.random.Generator, n: int) -> Drawn:
        """Draw which images are rotated, and the angles in degrees."""
        angles = rng.uniform(-self._max_angle, self._max_angle, n)
        return _half(rng, n), angles

    def apply(self, x: Floats, chosen: NDArray[Any], angle: NDArray[Any]) -> Floats:
        """Rotate the chosen images one by one as in TFLearn, with cubic splines."""
        from scipy import ndimage

        for i in np.flatnonzero(chosen):
            x[i] = ndimage.rotate(x[i], angle[i], reshape=False)
        return x


class RandomBlur:
    """Blurs each image with probability 1/2."""

    def __init__(self, method: config.RandomBlur, shape: ExampleShape) -> None:
        self._sigma_max = method.sigma_max

    def draw(self, rng: np.random.Generator, n: int) -> Drawn:
        """Draw which images are blurred, and the standard deviations in pixels."""
        return _half(rng, n), rng.uniform(0.0, self._sigma_max, n)

    def apply(self, x: Floats, chosen: NDArray[Any], sigma: NDArray[Any]) -> Floats:
        """Blur the chosen images as in TFLearn, also along the channels."""
        from scipy import ndimage

        for i in np.flatnonzero(chosen):
            x[i] = ndimage.gaussian_filter(x[i], sigma[i])
        return x


def _half(rng: np.random.Generator, n: int) -> NDArray[np.bool_]:
    return rng.random(n) < 0.5
