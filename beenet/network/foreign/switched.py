"""Read the layers that act differently in training: dropout, batch normalization."""

import re
from typing import Any

from beenet.network.foreign.graph import Graph, Node, Ref
from beenet.network.foreign.layer_match import LayerMatch
from beenet.network.foreign.patterns import match
from beenet.network.foreign.reading import as_written
from beenet.network.foreign.variables import Variables


def read_dropout(variables: Variables, ref: Ref) -> LayerMatch | None:
    """Read a conditional that scales and zeroes its input in training only."""
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
    return LayerMatch("dropout", arguments, _before_cond(node.name), (x,))


def _keep_prob(graph: Graph, inside: list[Node]) -> float | None:
    """Return the probability that dropout keeps an input.

    TensorFlow 1 computes floor(keep_prob + random); later ones test random >= rate.
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


def read_batch_normalization(variables: Variables, ref: Ref) -> LayerMatch | None:
    """Read a normalization whose mean depends on the training flag."""
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
    return LayerMatch("batch_normalization", arguments, beta.scope, (parts["x"],))
