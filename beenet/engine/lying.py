"""Images of one column, convolved and pooled lying on their side.

To TFLearn a recording is an image 4,000 pixels high and 1 wide. oneDNN's kernels work
along rows, and with rows of 1 pixel take up to 40 times as long as with the same image
1 high and 4,000 wide. Its bytes are in the same order either way, so a reshape, which
moves nothing, lays it down; only a convolution's small filter has to be turned.

Pooling picks values and rounds nothing, unless its windows overlap: then it stays
upright, for the gradients of several are added up, in an order of the kernel's own. A
convolution adds up the same products, with a short filter in the same order; but for a
long one, or a single example, a kernel may add them in groups. So `same_bits` tries
each on this machine, and what differs in any bit stays as it is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beenet.engine.nodes import set_inputs
from beenet.engine.same_bits import Form, same_bits
from beenet.network.network import Network
from beenet.tflearn_backend import tf


@dataclass(frozen=True)
class _Turn:
    """What of an operation has a height and a width, which are to be swapped."""

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
"""The gradient of a filter is left out: lying down it is no faster."""


def lie_down(graph_def: Any, network: Network, batch_sizes: Iterable[int]) -> None:
    """Lay down, in place, the operations on images of one column.

    Args:
        graph_def: operations of the network's graph: all that are there are needed.
        network: the network; tells shapes, and the threads to try with.
        batch_sizes: of all the batches that it will see.
    """
    for node in list(graph_def.node):
        turn = _TURNS.get(node.op)
        if turn is None or not _is_upright(node, turn, network):
            continue
        upright, lying = _copy(node), _turned(node, turn)
        forms = _forms(node, turn, network)
        if not turn.filters or same_bits(upright, lying, forms, network, batch_sizes):
            _replace(graph_def, upright, lying, forms, network)


def _is_upright(node: Any, turn: _Turn, network: Network) -> bool:
    """Return whether an operation works on images of one column, and can be turned."""
    names = [*(node.input[i] for i in turn.images), node.name]
    shapes = [_shape(name, network) for name in names]
    attributes = _copy(node).attr  # to ask for one that is not there adds it
    return (
        all(len(s) == 4 and s[2] == 1 and None not in s[1:] for s in shapes)
        and any(s[1] != 1 for s in shapes)
        and attributes["data_format"].s == b"NHWC"
        and not attributes["explicit_paddings"].list.i
        and not _overlaps(attributes)
    )


def _overlaps(attributes: Any) -> bool:
    """Return whether a pooling's windows have values in common."""
    sizes, strides = attributes["ksize"].list.i, attributes["strides"].list.i
    return any(size > stride for size, stride in zip(sizes, strides, strict=False))


def _shape(name: str, network: Network) -> Sequence[Any]:
    """Return a tensor's static shape; () if it has none."""
    try:
        tensor = network.graph.get_tensor_by_name(name if ":" in name else f"{name}:0")
    except (KeyError, ValueError):  # from a branch that was put in its place
        return ()
    return () if tensor.shape.rank is None else tuple(tensor.shape.as_list())


def _copy(node: Any) -> Any:
    copy = tf.NodeDef()
    copy.CopyFrom(node)
    return copy


def _lying(name: str) -> str:
    """Return the name of what a tensor is when it lies."""
    return f"{name.replace(':', '/')}/lying"


def _turned(node: Any, turn: _Turn) -> Any:
    """Return an operation that takes and makes what lies."""
    twin = _copy(node)
    twin.name = _lying(node.name)
    for i in (*turn.images, *turn.filters, *turn.shapes):
        twin.input[i] = _lying(node.input[i])
    for key in turn.lists:
        numbers = twin.attr[key].list.i
        numbers[1], numbers[2] = numbers[2], numbers[1]
    return twin


def _forms(node: Any, turn: _Turn, network: Network) -> dict[str, Form]:
    """Return how the inputs of an operation lie, by their names."""
    forms = {}
    for i in turn.images:
        _, height, _, channels = _shape(node.input[i], network)
        laid = _to([-1, 1, height, channels])
        forms[node.input[i]] = Form(_lying(node.input[i]), tf.float32, laid)
    for i in turn.filters:
        forms[node.input[i]] = Form(_lying(node.input[i]), tf.float32, _turn_filter)
    for i in turn.shapes:
        forms[node.input[i]] = Form(_lying(node.input[i]), tf.int32, _turn_shape)
    return forms


def _turn_filter(weights: Any) -> Any:
    return tf.transpose(weights, [1, 0, 2, 3])


def _turn_shape(shape: Any) -> Any:
    return tf.gather(shape, [0, 2, 1, 3])


def _to(shape: Sequence[Any]) -> Callable[[Any], Any]:
    return lambda image: tf.reshape(image, shape)


def _replace(
    graph_def: Any,
    upright: Any,
    lying: Any,
    forms: Mapping[str, Form],
    network: Network,
) -> None:
    """Put ``lying`` in the place of ``upright``; its name keeps its sense."""
    kept = [node for node in graph_def.node if node.name != upright.name]
    del graph_def.node[:]
    graph_def.node.extend([*kept, lying])
    again = _to([-1, *_shape(upright.name, network)[1:]])
    _graft(graph_def, lying.name, Form(upright.name, tf.float32, again))
    there = {node.name for node in graph_def.node}
    for name, form in forms.items():
        if form.name not in there:
            _graft(graph_def, name, form)


def _graft(graph_def: Any, source: str, form: Form) -> None:
    """Add the operations that make another form of the tensor ``source``."""
    name = form.name
    with tf.Graph().as_default() as graph:
        end = form.make(tf.placeholder(form.dtype, name="source")).op
    names = {end.name: name, "source": source}
    for node in graph.as_graph_def().node:
        if node.name != "source":
            node.name = names.setdefault(node.name, f"{name}/{node.name}")
            set_inputs(node, [names.get(i, f"{name}/{i}") for i in node.input])
            graph_def.node.append(node)
