"""Read TFLearn's residual block: two convolutions with a skip connection.

It is read as a whole: the zero channels that pad its input are not a separate layer.
"""

from typing import Any

from beenet.config.layers import LAYERS
from beenet.network.foreign.graph import Graph, Node, Ref
from beenet.network.foreign.layer_match import LayerMatch
from beenet.network.foreign.patterns import activation
from beenet.network.foreign.switched import read_batch_normalization
from beenet.network.foreign.variables import Variables
from beenet.network.foreign.weighted import read_weighted
from beenet.network.foreign.windows import read_pool


def read_residual_block(variables: Variables, ref: Ref) -> LayerMatch | None:
    """Read consecutive blocks of two convolutions in one scope."""
    scope = variables.graph.at(ref).scope
    known, number = None, 0
    while (block := _block(variables, ref, scope)) is not None:
        arguments, widens, before = block
        if known not in (None, arguments):
            return None
        known, number, ref = arguments, number + 1, before
        if widens:  # only a layer's first block does
            break
    if known is None:
        return None
    return LayerMatch("residual_block", {"nb_blocks": number, **known}, scope, (ref,))


def _block(
    variables: Variables, ref: Ref, scope: str
) -> tuple[dict[str, Any], bool, Ref] | None:
    """Return a block's arguments, whether it widens its input, and that input."""
    graph = variables.graph
    node = graph.at(ref)
    if node.op != "Add" or len(node.inputs) != 2 or not scope or node.scope != scope:
        return None
    if (second := _convolution(variables, node.inputs[0], scope)) is None:
        return None
    if (first := _convolution(variables, second[1], scope)) is None:
        return None
    arguments, x = first
    strides = arguments.pop("strides")
    if second[0] != {**arguments, "strides": 1} or not isinstance(strides, int):
        return None
    beside = graph.at(node.inputs[1])
    widens = _widens(graph, beside)
    identity = graph.follow(beside.inputs[0] if widens else node.inputs[1])
    if strides > 1:
        pool = read_pool(variables, identity)
        plain = {"kernel_size": strides, "padding": "same"}
        if pool is None or pool.arguments != plain:
            return None
        identity = pool.inputs[0]
        arguments |= {"downsample": True, "downsample_strides": strides}
    return (arguments, widens, x) if identity == x else None


def _convolution(
    variables: Variables, ref: Ref, scope: str
) -> tuple[dict[str, Any], Ref] | None:
    """Return a block's arguments from a convolution, and its input before the norm."""
    conv = read_weighted(variables, ref)
    if conv is None or not conv.name.startswith(f"{scope}/"):
        return None
    said = dict(conv.arguments)
    plain = {"filter_size": 3, "padding": "same", "activation": "linear"}
    if conv.kind != "conv_2d" or any(said.pop(k, None) != v for k, v in plain.items()):
        return None
    said["out_channels"] = said.pop("nb_filter")
    said.setdefault("regularizer", None)
    done = activation(variables.graph, conv.inputs[0])
    said["activation"], x = done[:2] if done else ("linear", conv.inputs[0])
    norm = read_batch_normalization(variables, x)
    said["batch_norm"] = norm is not None
    if norm is None:
        return said, variables.graph.follow(x)
    usual = LAYERS["batch_normalization"]
    if usual.model_validate(norm.arguments) != usual():
        return None
    return said, norm.inputs[0]


def _widens(graph: Graph, node: Node) -> bool:
    """Return whether a node pads an image with zero channels on both sides."""
    if node.op != "Pad" or len(node.inputs) != 2:
        return False
    values = graph.at(node.inputs[1]).values or ()
    return len(values) == 8 and not any(values[:6]) and values[6] == values[7]
