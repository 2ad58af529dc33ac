"""The matrix products that a training step must compute, from the shapes.

A dense layer has three products: forward, the weights' gradient, and the input's
gradient. So has a convolution, over the patches of its input. The first layer with
weights needs no gradient of its input.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from beenet.bench.peers.net import Conv, Dense, PlainNet, Pool

Kind = Literal["forward", "weights' gradient", "input's gradient"]


@dataclass(frozen=True)
class Product:
    """A product of two matrices: [m, k] times [k, n]."""

    kind: Kind
    layer: int
    """The layer, counted from 0 among those with weights."""
    m: int
    k: int
    n: int

    @property
    def flops(self) -> int:
        """Multiplications and additions."""
        return 2 * self.m * self.k * self.n


@dataclass(frozen=True)
class Work:
    """A step's products, and its number of weights."""

    products: tuple[Product, ...]
    weights: int
    """The number of trainable parameters, including biases."""

    def flops(self, kind: Kind | None = None) -> int:
        """Return the multiplications and additions of all products, or of a kind."""
        return sum(p.flops for p in self.products if kind in (None, p.kind))


def work_of(net: PlainNet, shape: Sequence[int], batch_size: int) -> Work:
    """Return the products of a step of ``net``.

    Padding is counted as data, because every framework here computes it so.

    Args:
        net: the layers.
        shape: of one example.
        batch_size: examples in the step.
    """
    products: list[Product] = []
    weights = layer = 0
    side = tuple(shape)
    for part in net.parts:
        if isinstance(part, Pool):
            height, width = part.window
            side = (math.ceil(side[0] / height), math.ceil(side[1] / width), side[2])
        elif isinstance(part, Conv):
            patch = part.window[0] * part.window[1] * side[2]
            if not part.same:
                height, width = part.window
                side = (side[0] - height + 1, side[1] - width + 1, side[2])
            rows = batch_size * side[0] * side[1]
            side = (*side[:2], part.filters)
            products += _three(layer, rows, patch, part.filters)
            weights += (patch + 1) * part.filters
            layer += 1
        elif isinstance(part, Dense):
            inputs = math.prod(side)
            products += _three(layer, batch_size, inputs, part.units)
            weights += (inputs + 1) * part.units
            side = (part.units,)
            layer += 1
    return Work(tuple(products), weights)


def _three(layer: int, rows: int, inputs: int, outputs: int) -> list[Product]:
    three = [
        Product("forward", layer, rows, inputs, outputs),
        Product("weights' gradient", layer, inputs, rows, outputs),
    ]
    if layer:
        three.append(Product("input's gradient", layer, rows, outputs, inputs))
    return three
