"""Read layers with weights: fully connected, convolutions, highway."""

from typing import Any

from beenet.network.foreign.graph import Graph, Node, Ref
from beenet.network.foreign.layer_match import LayerMatch
from beenet.network.foreign.patterns import activation, match
from beenet.network.foreign.switched import read_dropout
from beenet.network.foreign.variables import Variables
from beenet.network.foreign.windows import plain_window, sizes_of

_HIGHWAY = ("Add", ("Mul", "h", "t"), ("Mul", "x", ("Sub", 1.0, "t")))


def read_highway(variables: Variables, ref: Ref) -> LayerMatch | None:
    """Read a layer that mixes its output with its input by a learned gate."""
    graph = variables.graph
    if (parts := match(graph, _HIGHWAY, ref)) is None:
        return None
    gate, arguments = parts["t"], {}
    if (dropped := read_dropout(variables, gate)) is not None:
        arguments["transform_dropout"] = dropped.arguments["keep_prob"]
        gate = dropped.inputs[0]
    gated = match(graph, ("Sigmoid", ("Add", ("MatMul", "x", "W"), "b")), gate)
    done = activation(graph, parts["h"])
    for written, inner in ([done[:2]] if done else []) + [(None, parts["h"])]:
        sums = match(graph, ("Add", ("MatMul", "x", "W"), "b"), inner)
        if gated and sums and sums["x"] == gated["x"] == parts["x"]:
            W, b = (graph.at(sums[key]) for key in "Wb")
            arguments |= {"n_units": W.attributes["shape"][1]}
            arguments |= _trained(variables, W, b, written)
            scope = graph.at(ref).scope
            return LayerMatch(
                "highway", arguments, W.scope, (_unflat(graph, parts["x"], scope),)
            )
    return None


def _unflat(graph: Graph, ref: Ref, scope: str) -> Ref:
    """Return the input of a layer before it flattens it, in its own scope."""
    node = graph.at(ref)
    if node.op == "Reshape" and node.scope == scope:
        return graph.follow(node.inputs[0])
    return ref


def read_weighted(variables: Variables, ref: Ref) -> LayerMatch | None:
    """Read a layer with weights, and perhaps biases and an activation."""
    graph = variables.graph
    done = activation(graph, ref)
    if done is not None:
        written, inner, last = done
        core = _product(variables, inner)
        if core is not None and last.name.startswith(f"{core[0]}/"):
            return _layer_of(variables, core[1], written)
    core = _product(variables, ref)
    return None if core is None else _layer_of(variables, core[1], None)


def _product(
    variables: Variables, ref: Ref
) -> tuple[str, tuple[str, Node, Node, Node | None, Ref]] | None:
    """Return the scope of a product with weights, and kind, node, W, b and input."""
    graph = variables.graph
    flat = match(graph, ("Squeeze", "x"), ref)
    if flat is not None:
        ref = flat["x"]
    biased = match(graph, ("BiasAdd", "x", "b"), ref)
    b = graph.at(biased["b"]) if biased else None
    node = graph.at(biased["x"] if biased else ref)
    if node.op not in ("Conv2D", "MatMul") or len(node.inputs) != 2:
        return None
    W, x = graph.at(node.inputs[1]), graph.follow(node.inputs[0])
    shape = W.attributes.get("shape")
    if W.op != "Variable" or not shape or None in shape or not W.name.endswith("/W"):
        return None
    if b is not None and b.op != "Variable":
        return None
    if node.op == "MatMul":
        return node.scope, ("fully_connected", node, W, b, x)
    wide = match(graph, ("ExpandDims", "x", "axis"), x)
    if (flat is None) != (wide is None):
        return None
    kind = "conv_1d" if wide else "conv_2d"
    return node.scope, (kind, node, W, b, wide["x"] if wide else x)


def _layer_of(
    variables: Variables,
    core: tuple[str, Node, Node, Node | None, Ref],
    written: Any,
) -> LayerMatch | None:
    kind, node, W, b, x = core
    graph, shape = variables.graph, W.attributes["shape"]
    arguments: dict[str, Any]
    if kind == "fully_connected":
        if node.attributes.get("transpose_a") or node.attributes.get("transpose_b"):
            return None
        x, arguments = _unflat(graph, x, node.scope), {"n_units": shape[1]}
    else:
        if not plain_window(node):
            return None
        sizes = {"filter_size": shape[:2], "strides": node.attributes["strides"][1:3]}
        arguments = {"nb_filter": shape[3], **sizes_of(kind, sizes)}
        arguments["padding"] = str(node.attributes.get("padding")).lower()
    arguments |= _trained(variables, W, b, written)
    return LayerMatch(kind, arguments, W.scope, (x,))


def _trained(variables: Variables, W: Node, b: Node | None, written: Any) -> Any:
    """Return the arguments common to all layers with weights."""
    arguments: dict[str, Any] = {"activation": written or "linear"}
    if W.attributes.get("shape") and (init := variables.initializer(W)):
        arguments["weights_init"] = init
    if b is None:
        arguments["bias"] = False
    elif init := variables.initializer(b):
        arguments["bias_init"] = init
    arguments |= variables.penalty(W)
    if not variables.trainable(W):
        arguments["trainable"] = False
    return arguments
