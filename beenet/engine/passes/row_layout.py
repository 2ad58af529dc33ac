"""Convolve and pool images of one column as images of one row, which is faster.

To TFLearn a recording is an image 4,000 pixels high and 1 wide. oneDNN's kernels work
along rows, and with rows of 1 pixel take up to 40 times as long as with the same image
1 high and 4,000 wide. Its bytes are in the same order either way, so a reshape without
a copy converts it; only a convolution's small filter has to be transposed.

Pooling selects values and rounds nothing, unless its windows overlap: then it is left
unchanged, because gradients of several windows are added, in a kernel-specific order. A
convolution adds the same products, with a short filter in the same order; but for a
long one, or a single example, a kernel may add them in groups. So `same_bits` tests
each on this machine; one that differs in any bit is left unchanged.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from beenet.engine.graph.grafts import graft, replace
from beenet.engine.graph.nodes import copied, static_shape
from beenet.engine.graph.same_bits import same_bits
from beenet.engine.graph.shapes import StepShapes
from beenet.network.network import Network
from beenet.tflearn_backend import tf


@dataclass(frozen=True)
class _Turn:
    """The inputs and attributes of an op whose height and width are to be swapped."""

    images: tuple[int, ...]
    """Inputs [n, height, 1, channels]."""
    lists: tuple[str, ...] = ()
    """Attributes with a number for each dimension of an image."""
    filters: tuple[int, ...] = ()
    """Inputs [height, width, in, out]."""
    shapes: tuple[int, ...] = ()
    """Inputs that hold the shape of an image."""


_TURNS = {
    "Conv2D": _Turn((0,), ("strides", "dilations"), filters=(1,)),
    "_FusedConv2D": _Turn((0,), ("strides", "dilations"), filters=(1,)),
    "Conv2DBackpropInput": _Turn((2,), ("strides", "dilations"), (1,), shapes=(0,)),
    "MaxPool": _Turn((0,), ("ksize", "strides")),
    "MaxPoolGrad": _Turn((0, 1, 2), ("ksize", "strides")),
}
"""The gradient of a filter is left out: as one row it is no faster."""


def use_row_layout(
    graph_def: Any, network: Network, batches: Sequence[StepShapes]
) -> None:
    """Convert, in place, operations on images of one column to images of one row.

    Args:
        graph_def: operations of the network's graph, without unneeded ones.
        network: the network; supplies shapes, and the thread counts for the test.
        batches: shapes for every batch size that occurs.
    """
    for node in list(graph_def.node):
        turn = _TURNS.get(node.op)
        if turn is None or not _is_upright(node, turn, network):
            continue
        lying = _laid(node, turn, network)
        if not turn.filters or same_bits(node, lying, network, batches):
            replace(graph_def, node.name, lying)


def _is_upright(node: Any, turn: _Turn, network: Network) -> bool:
    """Return whether an operation has images of one column, and can be converted."""
    names = [*(node.input[i] for i in turn.images), node.name]
    shapes = [static_shape(network.graph, name) for name in names]
    attributes = copied(node).attr  # reading a missing attribute would add it
    return (
        all(len(s) == 4 and s[2] == 1 and None not in s[1:] for s in shapes)
        and any(s[1] != 1 for s in shapes)
        and attributes["data_format"].s == b"NHWC"
        and not attributes["explicit_paddings"].list.i
        and not _overlaps(attributes)
    )


def _overlaps(attributes: Any) -> bool:
    """Return whether a pooling's windows overlap."""
    sizes, strides = attributes["ksize"].list.i, attributes["strides"].list.i
    return any(size > stride for size, stride in zip(sizes, strides, strict=False))


def _lying(name: str) -> str:
    """Return the name of a tensor's one-row form."""
    return f"{name.replace(':', '/')}/lying"


def _laid(node: Any, turn: _Turn, network: Network) -> list[Any]:
    """Return the one-row form of ``node``; the last operation has its name.

    An input that several operations take is converted by nodes of the same name.
    """
    lying = copied(node, _lying(node.name))
    for key in turn.lists:
        numbers = lying.attr[key].list.i
        numbers[1], numbers[2] = numbers[2], numbers[1]
    laid: dict[int, Callable[[Any], Any]] = {}
    for i in turn.images:
        _, height, _, channels = static_shape(network.graph, node.input[i])
        laid[i] = _to([-1, 1, height, channels])
    laid.update(dict.fromkeys(turn.filters, _turn_filter))
    laid.update(dict.fromkeys(turn.shapes, _turn_shape))
    inputs = {}
    for i, make in laid.items():
        dtype = tf.int32 if i in turn.shapes else tf.float32
        lying.input[i] = name = _lying(node.input[i])
        inputs[name] = graft(name, {node.input[i]: dtype}, make)
    upright = _to([-1, *static_shape(network.graph, node.name)[1:]])
    output = graft(node.name, {lying.name: tf.float32}, upright)
    return [*chain.from_iterable(inputs.values()), lying, *output]


def _turn_filter(weights: Any) -> Any:
    return tf.transpose(weights, [1, 0, 2, 3])


def _turn_shape(shape: Any) -> Any:
    return tf.gather(shape, [0, 2, 1, 3])


def _to(shape: Sequence[Any]) -> Callable[[Any], Any]:
    return lambda image: tf.reshape(image, shape)
