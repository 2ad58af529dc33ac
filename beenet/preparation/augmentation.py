"""Random augmentation of an epoch: a function of seed, epoch and example's place."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from beenet.config.augmentation import Augmentation
from beenet.config.layers import ExampleShape
from beenet.preparation import images, sound
from beenet.preparation.images import Drawn, Floats

_STREAM = 3  # of the seed; 1 is the shuffle's, 2 the random operations'

Augment = Callable[[Floats, int], Floats]
"""Augments examples, float32 [n, *shape], given the place of the first in the epoch."""


class _Method(Protocol):
    def draw(self, rng: np.random.Generator, n: int) -> Drawn: ...

    def apply(self, x: Floats, *drawn: NDArray[Any]) -> Floats: ...


class Augmenter:
    """The augmentation of a config, for examples of one shape."""

    def __init__(self, methods: Sequence[Augmentation], shape: ExampleShape) -> None:
        """Prepare the methods.

        Args:
            methods: in the order in which they are applied.
            shape: of one example before the first method.
        """
        self._methods: list[_Method] = []
        for method in methods:
            self._methods.append(_METHODS[method.yaml_name](method, shape))
            shape = method.output_shape(shape)

    def epoch(self, n: int, *, seed: int, epoch: int) -> Augment:
        """Return a function that augments the examples of one epoch.

        All random numbers of the epoch are drawn here, each method's from its own
        generator: the result for an example depends only on the seed, the epoch and the
        example's place in it, not on its batch or chunk.

        Args:
            n: number of examples in the epoch.
            seed: the run's seed.
            epoch: counted from 0.
        """
        drawn = [
            method.draw(np.random.Generator(np.random.Philox(key)), n)
            for index, method in enumerate(self._methods)
            for key in [np.random.SeedSequence((seed, _STREAM, epoch, index))]
        ]

        def augment(x: Floats, first: int) -> Floats:
            rows = slice(first, first + len(x))
            for method, chances in zip(self._methods, drawn, strict=True):
                x = method.apply(x, *(chance[rows] for chance in chances))
            return x

        return augment


_METHODS: dict[str, Callable[[Any, ExampleShape], Any]] = {
    "random_crop": images.RandomCrop,
    "random_flip_leftright": images.RandomFlip,
    "random_flip_updown": images.RandomFlip,
    "random_90degrees_rotation": images.Random90degreesRotation,
    "random_rotation": images.RandomRotation,
    "random_blur": images.RandomBlur,
    "random_shift": sound.RandomShift,
    "random_gain": sound.RandomGain,
    "random_noise": sound.RandomNoise,
}
