"""Recognize TFLearn's layers by their operations; names are used only as names."""

from collections.abc import Callable

from beenet.network.foreign.arithmetic import (
    read_length,
    read_reduction,
    read_upsampling,
)
from beenet.network.foreign.graph import Ref
from beenet.network.foreign.layer_match import LayerMatch
from beenet.network.foreign.merges import read_merge
from beenet.network.foreign.patterns import activation
from beenet.network.foreign.residual import read_residual_block
from beenet.network.foreign.switched import read_batch_normalization, read_dropout
from beenet.network.foreign.variables import Variables
from beenet.network.foreign.weighted import read_highway, read_weighted
from beenet.network.foreign.windows import read_global_pool, read_pool


def read_layer(variables: Variables, ref: Ref) -> LayerMatch | None:
    """Return the layer that computes a value; None if it is none of TFLearn's."""
    for read in _READERS:
        if (found := read(variables, ref)) is not None:
            return found
    return None


def _lrn(variables: Variables, ref: Ref) -> LayerMatch | None:
    node = variables.graph.at(ref)
    if node.op != "LRN":
        return None
    keys = ("depth_radius", "bias", "alpha", "beta")
    arguments = {key: node.attributes[key] for key in keys if key in node.attributes}
    x = variables.graph.follow(node.inputs[0])
    return LayerMatch("local_response_normalization", arguments, node.scope, (x,))


def _reshape(variables: Variables, ref: Ref) -> LayerMatch | None:
    graph = variables.graph
    node = graph.at(ref)
    if node.op != "Reshape" or len(node.inputs) != 2:
        return None
    shape, x = graph.numbers(node.inputs[1]), graph.follow(node.inputs[0])
    if not shape or shape[0] != -1:
        return None
    if len(shape) == 2 and _last_part(node.scope).startswith("Flatten"):
        return LayerMatch("flatten", {}, node.scope, (x,))
    return LayerMatch("reshape", {"new_shape": list(shape)}, node.scope, (x,))


def _last_part(scope: str) -> str:
    return scope.rpartition("/")[2]


def _activation_layer(variables: Variables, ref: Ref) -> LayerMatch | None:
    if (done := activation(variables.graph, ref)) is None:
        return None
    written, x, _ = done
    return LayerMatch("activation", {"activation": written}, "", (x,))


_READERS: list[Callable[[Variables, Ref], LayerMatch | None]] = [
    read_dropout,
    read_batch_normalization,
    read_highway,
    read_weighted,
    read_pool,
    read_global_pool,
    _lrn,
    _reshape,
    _activation_layer,
    read_length,
    read_upsampling,
    read_residual_block,
    read_merge,
    read_reduction,
]
