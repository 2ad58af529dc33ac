"""TFLearn's layers, known by what their operations do; names serve for names alone."""

import re
from collections.abc import Callable
from typing import Any

from beenet.network.foreign.found import Found
from beenet.network.foreign.graph import Graph, Node, Ref
from beenet.network.foreign.patterns import activation, match
from beenet.network.foreign.reading import as_written
from beenet.network.foreign.variables import Variables


def read_layer(variables: Variables, ref: Ref) -> Found | None:
    """Return the layer that makes a value, or None where it is none of TFLearn's."""
    for read in _READERS:
        if (found := read(variables, ref)) is not None:
            return found
    return None


def read_dropout(variables: Variables, ref: Ref) -> Found | None:
    """Read a conditional that scales and zeroes its input in training alone."""
    graph = variables.graph
    node = graph.at(ref)
    if node.op != "Cond":
        return None
    _, yes, no = node.inputs
    x = graph.follow(no)
    inside = list(graph.before((yes,), end=x))
    draws = [n for n in inside if n.op == "RandomUniform" and n.inputs]
    if len(draws) != 1 or (keep := _keep_prob(graph, inside)) is None:
        return None
    arguments: dict[str, Any] = {"keep_prob": keep}
    if (noise := graph.numbers(draws[0].inputs[0])) is not None:
        arguments["noise_shape"] = [None if n < 0 else n for n in noise]
    return Found("dropout", arguments, _before_cond(node.name), (x,))


def _keep_prob(graph: Graph, inside: list[Node]) -> float | None:
    """Return the probability that dropout keeps an input.

    TensorFlow 1 rounds down keep_prob + random; later ones ask random >= rate.
    """
    for node in inside:
        if node.op == "Floor":
            sums = match(graph, ("Add", "keep", "random"), node.inputs[0])
            if sums and (keep := graph.number(sums["keep"])) is not None:
                return as_written(keep)
        if node.op == "GreaterEqual" and len(node.inputs) == 2:
            rate = graph.number(node.inputs[1])
            if rate is not None:
                return as_written(1 - rate)
    return None


def _before_cond(name: str) -> str:
    return re.sub(r"/cond(_\d+)?(/Merge(_\d+)?)?$", "", name)


_SCALE = ("Mul", ("Rsqrt", ("Add", "variance", "epsilon")), "gamma")
_BATCH_NORM = (
    "Add",
    ("Mul", "x", _SCALE),
    ("Sub", "beta", ("Mul", "mean", _SCALE)),
)


def read_batch_normalization(variables: Variables, ref: Ref) -> Found | None:
    """Read a scale and a shift by moments that differ in training."""
    graph = variables.graph
    if (parts := match(graph, _BATCH_NORM, ref)) is None:
        return None
    mean, beta, gamma = (graph.at(parts[key]) for key in ("mean", "beta", "gamma"))
    epsilon = graph.number(parts["epsilon"])
    if mean.op != "Cond" or beta.op != "Variable" or epsilon is None:
        return None
    stored = graph.follow(mean.inputs[2])
    middle, stddev = variables.spread(gamma)
    said = {
        "epsilon": epsilon,
        "decay": variables.decay(stored),
        "beta": variables.start(beta),
        "gamma": middle,
        "stddev": stddev,
        "trainable": variables.trainable(beta),
    }
    arguments = {key: value for key, value in said.items() if value is not None}
    return Found("batch_normalization", arguments, beta.scope, (parts["x"],))


_HIGHWAY = ("Add", ("Mul", "h", "t"), ("Mul", "x", ("Sub", 1.0, "t")))


def _highway(variables: Variables, ref: Ref) -> Found | None:
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
            return Found(
                "highway", arguments, W.scope, (_unflat(graph, parts["x"], scope),)
            )
    return None


def _unflat(graph: Graph, ref: Ref, scope: str) -> Ref:
    """Return what a layer flattens for itself, inside its own scope."""
    node = graph.at(ref)
    if node.op == "Reshape" and node.scope == scope:
        return graph.follow(node.inputs[0])
    return ref


def _weighted(variables: Variables, ref: Ref) -> Found | None:
    """Read a layer of weights, biases and an activation of its own."""
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
    """Read a product with weights: its scope, and kind, node, W, b and input."""
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
) -> Found | None:
    kind, node, W, b, x = core
    graph, shape = variables.graph, W.attributes["shape"]
    arguments: dict[str, Any]
    if kind == "fully_connected":
        if node.attributes.get("transpose_a") or node.attributes.get("transpose_b"):
            return None
        x, arguments = _unflat(graph, x, node.scope), {"n_units": shape[1]}
    else:
        if not _plain_window(node):
            return None
        sizes = {"filter_size": shape[:2], "strides": node.attributes["strides"][1:3]}
        arguments = {"nb_filter": shape[3], **_sizes(kind, sizes)}
        arguments["padding"] = str(node.attributes.get("padding")).lower()
    arguments |= _trained(variables, W, b, written)
    return Found(kind, arguments, W.scope, (x,))


def _trained(variables: Variables, W: Node, b: Node | None, written: Any) -> Any:
    """Return the arguments that every layer with weights has."""
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


def _plain_window(node: Node) -> bool:
    """Return whether a window moves as TFLearn moves it: no gaps, channels last."""
    said = node.attributes
    return (
        said.get("data_format", "NHWC") == "NHWC"
        and set(said.get("dilations") or (1,)) == {1}
        and len(said.get("strides") or ()) == 4
        and said.get("padding") in ("SAME", "VALID")
    )


def _sizes(kind: str, sizes: dict[str, Any]) -> dict[str, Any]:
    """Write sizes as people do: one number for a square, and in one dimension."""
    return {
        key: size[0] if kind.endswith("1d") or size[0] == size[1] else list(size)
        for key, size in sizes.items()
    }


def _pool(variables: Variables, ref: Ref) -> Found | None:
    graph = variables.graph
    flat = match(graph, ("Squeeze", "x"), ref)
    node = graph.at(flat["x"] if flat else ref)
    kernel = node.attributes.get("ksize") or ()
    if node.op not in _POOLS or len(kernel) != 4 or not _plain_window(node):
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
    arguments = _sizes(kind, sizes)
    arguments["padding"] = str(node.attributes["padding"]).lower()
    return Found(kind, arguments, node.scope, (wide["x"] if wide else x,))


_POOLS = {"MaxPool": "max_pool", "AvgPool": "avg_pool"}


def _global_pool(variables: Variables, ref: Ref) -> Found | None:
    graph = variables.graph
    node = graph.at(ref)
    kinds = {"Max": "global_max_pool", "Mean": "global_avg_pool"}
    if node.op not in kinds or len(node.inputs) != 2:
        return None
    if graph.numbers(node.inputs[1]) != (1, 2) or node.attributes.get("keep_dims"):
        return None
    return Found(kinds[node.op], {}, node.scope, (graph.follow(node.inputs[0]),))


def _lrn(variables: Variables, ref: Ref) -> Found | None:
    node = variables.graph.at(ref)
    if node.op != "LRN":
        return None
    keys = ("depth_radius", "bias", "alpha", "beta")
    arguments = {key: node.attributes[key] for key in keys if key in node.attributes}
    x = variables.graph.follow(node.inputs[0])
    return Found("local_response_normalization", arguments, node.scope, (x,))


def _reshape(variables: Variables, ref: Ref) -> Found | None:
    graph = variables.graph
    node = graph.at(ref)
    if node.op != "Reshape" or len(node.inputs) != 2:
        return None
    shape, x = graph.numbers(node.inputs[1]), graph.follow(node.inputs[0])
    if not shape or shape[0] != -1:
        return None
    if len(shape) == 2 and _last_part(node.scope).startswith("Flatten"):
        return Found("flatten", {}, node.scope, (x,))
    return Found("reshape", {"new_shape": list(shape)}, node.scope, (x,))


def _last_part(scope: str) -> str:
    return scope.rpartition("/")[2]


def _activation_layer(variables: Variables, ref: Ref) -> Found | None:
    if (done := activation(variables.graph, ref)) is None:
        return None
    written, x, _ = done
    return Found("activation", {"activation": written}, "", (x,))


_READERS: list[Callable[[Variables, Ref], Found | None]] = [
    read_dropout,
    read_batch_normalization,
    _highway,
    _weighted,
    _pool,
    _global_pool,
    _lrn,
    _reshape,
    _activation_layer,
]
