"""A config's net as a few layer types that every framework has."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beenet.config import Config
from beenet.config.estimator import SGD
from beenet.config.layers import Layer
from beenet.config.layers.base import pair
from beenet.config.layers.conv import Conv2D
from beenet.config.layers.core import Dropout, Flatten, FullyConnected, InputData
from beenet.config.layers.pool import MaxPool2D
from beenet.errors import NetworkError

Weights = list[tuple[NDArray[np.float32], NDArray[np.float32]]]
"""W and b of each convolution and each dense layer, as TFLearn lays them out."""


@dataclass(frozen=True)
class Conv:
    """A convolution of stride 1, padded to the same size or not at all."""

    filters: int
    window: tuple[int, int]
    same: bool
    activation: str
    l2: float
    """TFLearn's ``weight_decay``: adds l2 / 2 * sum(W^2) to the minimized loss."""


@dataclass(frozen=True)
class Pool:
    """Max pooling; incomplete windows at the edges are also pooled."""

    window: tuple[int, int]


@dataclass(frozen=True)
class Drop:
    """Dropout: zeroes with probability 1 - keep, and divides the rest by keep."""

    keep: float


@dataclass(frozen=True)
class Dense:
    """A fully connected layer."""

    units: int
    activation: str
    l2: float


Part = Conv | Pool | Drop | Dense


@dataclass(frozen=True)
class PlainNet:
    """Layers up to a softmax, crossentropy, and plain gradient descent."""

    parts: tuple[Part, ...]
    learning_rate: float
    clip: float
    """The global norm to which gradients are clipped; 0 for no clipping."""

    @property
    def has_l2(self) -> bool:
        """Whether the weights are penalized."""
        return any(isinstance(part, Conv | Dense) and part.l2 for part in self.parts)


def plain_net(config: Config) -> PlainNet:
    """Return a config's net for the peers.

    Raises:
        NetworkError: it has something that the peers do not implement here.
    """
    optimizer = config.optimizer
    if not isinstance(optimizer, SGD) or optimizer.lr_decay:
        raise NetworkError(f"the peers know plain sgd, not {optimizer.yaml_name}")
    if config.loss.yaml_name != "categorical_crossentropy":
        raise NetworkError(f"the peers do not know {config.loss.yaml_name}")
    parts = tuple(
        _part(node.layer)
        for node in config.nodes
        if not isinstance(node.layer, InputData | Flatten)
    )
    last = parts[-1]
    if not isinstance(last, Dense) or last.activation != "softmax":
        raise NetworkError("the peers know nets that end in a softmax layer")
    return PlainNet(parts, optimizer.learning_rate, config.training.clip_gradients)


def paired(weights: dict[str, NDArray[np.float32]]) -> Weights:
    """Return the initial weights layer by layer."""
    values = list(weights.values())
    return list(zip(values[::2], values[1::2], strict=True))


def same_padding(window: tuple[int, int]) -> tuple[int, int]:
    """Return the padding on each side that keeps the size for an odd window."""
    return window[0] // 2, window[1] // 2


def _part(layer: Layer) -> Part:
    if isinstance(layer, Dropout) and layer.noise_shape is None:
        return Drop(layer.keep_prob)
    if isinstance(layer, MaxPool2D) and layer.padding == "same":
        window = pair(layer.kernel_size)
        if layer.strides is None or pair(layer.strides) == window:
            return Pool(window)
    if isinstance(layer, Conv2D | FullyConnected) and layer.bias and layer.trainable:
        activation = layer.activation.yaml_name if layer.activation else "linear"
        l2 = layer.weight_decay if layer.regularizer else 0.0
        known = activation in _ACTIVATIONS and layer.regularizer in (None, "L2")
        if known and isinstance(layer, FullyConnected):
            return Dense(layer.n_units, activation, l2)
        if known and isinstance(layer, Conv2D) and pair(layer.strides) == (1, 1):
            window = pair(layer.filter_size)
            same = layer.padding == "same"
            if not same or _odd(window):
                return Conv(layer.nb_filter, window, same, activation, l2)
    name = getattr(layer, "name", layer.yaml_name)
    raise NetworkError(f"the peers cannot build layer {name} ({layer.yaml_name})")


def _odd(sides: Sequence[int]) -> bool:
    return all(side % 2 for side in sides)


_ACTIVATIONS = ("linear", "relu", "sigmoid", "softmax", "tanh")
