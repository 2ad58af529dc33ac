"""TFLearn's augmentation of images: chances drawn for an epoch, then done to batches.

Every method has two halves. ``draw`` takes its chances for n examples at once, from
TFLearn's distributions; ``apply`` does to a batch what was drawn for its examples.
"""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from beenet.config import augmentation as config
from beenet.config.layers import ExampleShape

Floats = NDArray[np.float32]
Drawn = tuple[NDArray[Any], ...]
"""What was drawn: arrays with one row for each example."""


class RandomCrop:
    """A part at a place of its own, after padding with 0."""

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
    """Half of the images, by chance, mirrored along an axis."""

    def __init__(self, method: config.Augmentation, shape: ExampleShape) -> None:
        self._axis = 1 if isinstance(method, config.RandomFlipUpdown) else 2

    def draw(self, rng: np.random.Generator, n: int) -> Drawn:
        """Draw which ones."""
        return (_half(rng, n),)

    def apply(self, x: Floats, chosen: NDArray[Any]) -> Floats:
        """Mirror them."""
        x[chosen] = np.flip(x[chosen], self._axis)
        return x


class Random90degreesRotation:
    """Some quarter turns for each image."""

    def __init__(
        self, method: config.Random90degreesRotation, shape: ExampleShape
    ) -> None:
        self._rotations = np.array(method.rotations)

    def draw(self, rng: np.random.Generator, n: int) -> Drawn:
        """Draw how many."""
        return (rng.choice(self._rotations, n),)

    def apply(self, x: Floats, turns: NDArray[Any]) -> Floats:
        """Turn those of each number at once."""
        for number in (1, 2, 3):
            chosen = turns == number
            if chosen.any():
                x[chosen] = np.rot90(x[chosen], number, axes=(1, 2))
        return x


class RandomRotation:
    """Half of the images, by chance, turned by an angle."""

    def __init__(self, method: config.RandomRotation, shape: ExampleShape) -> None:
        self._max_angle = method.max_angle

    def draw(self, rng: np.random.Generator, n: int) -> Drawn:
        """Draw which ones, and the angles in degrees."""
        angles = rng.uniform(-self._max_angle, self._max_angle, n)
        return _half(rng, n), angles

    def apply(self, x: Floats, chosen: NDArray[Any], angle: NDArray[Any]) -> Floats:
        """Turn them, by TFLearn's own function: a cubic spline, one by one."""
        from scipy import ndimage

        for i in np.flatnonzero(chosen):
            x[i] = ndimage.rotate(x[i], angle[i], reshape=False)
        return x


class RandomBlur:
    """Half of the images, by chance, blurred."""

    def __init__(self, method: config.RandomBlur, shape: ExampleShape) -> None:
        self._sigma_max = method.sigma_max

    def draw(self, rng: np.random.Generator, n: int) -> Drawn:
        """Draw which ones, and the deviations in pixels."""
        return _half(rng, n), rng.uniform(0.0, self._sigma_max, n)

    def apply(self, x: Floats, chosen: NDArray[Any], sigma: NDArray[Any]) -> Floats:
        """Blur them, by TFLearn's own function: along the channels too."""
        from scipy import ndimage

        for i in np.flatnonzero(chosen):
            x[i] = ndimage.gaussian_filter(x[i], sigma[i])
        return x


def _half(rng: np.random.Generator, n: int) -> NDArray[np.bool_]:
    return rng.random(n) < 0.5
