"""Read the windows of convolutions and pools, and pooling layers."""

from typing import Any

from beenet.network.foreign.graph import Node, Ref
from beenet.network.foreign.layer_match import LayerMatch
from beenet.network.foreign.patterns import match
from beenet.network.foreign.variables import Variables


def plain_window(node: Node) -> bool:
    """Return whether a window is as in TFLearn: no dilation, channels last."""
    said = node.attributes
    return (
        said.get("data_format", "NHWC") == "NHWC"
        and set(said.get("dilations") or (1,)) == {1}
        and len(said.get("strides") or ()) == 4
        and said.get("padding") in ("SAME", "VALID")
    )


def sizes_of(kind: str, sizes: dict[str, Any]) -> dict[str, Any]:
    """Return sizes as people write them: one number for a square or one dimension."""
    return {
        key: size[0] if kind.endswith("1d") or size[0] == size[1] else list(size)
        for key, size in sizes.items()
    }


def read_pool(variables: Variables, ref: Ref) -> LayerMatch | None:
    """Read a pooling layer, in one or two dimensions."""
    graph = variables.graph
    flat = match(graph, ("Squeeze", "x"), ref)
    node = graph.at(flat["x"] if flat else ref)
    kernel = node.attributes.get("ksize") or ()
    if node.op not in _POOLS or len(kernel) != 4 or not plain_window(node):
        return None
    x = graph.follow(node.inputs[0])
    wide = match(graph, ("ExpandDims", "x", "axis"), x)
    if (flat is None) != (wide is None):
        return None
    kind = _POOLS[node.op] + ("_1d" if wide else "_2d")
    strides = node.attributes["strides"][1:3]
    sizes = {"kernel_size": kernel[1:3]}
    if strides != kernel[1:3]:
        sizes["strides"] = strides
    arguments = sizes_of(kind, sizes)
    arguments["padding"] = str(node.attributes["padding"]).lower()
    return LayerMatch(kind, arguments, node.scope, (wide["x"] if wide else x,))


_POOLS = {"MaxPool": "max_pool", "AvgPool": "avg_pool"}


def read_global_pool(variables: Variables, ref: Ref) -> LayerMatch | None:
    """Read a global pooling layer."""
    graph = variables.graph
    node = graph.at(ref)
    kinds = {"Max": "global_max_pool", "Mean": "global_avg_pool"}
    if node.op not in kinds or len(node.inputs) != 2:
        return None
    if graph.numbers(node.inputs[1]) != (1, 2) or node.attributes.get("keep_dims"):
        return None
    return LayerMatch(kinds[node.op], {}, node.scope, (graph.follow(node.inputs[0]),))
