"""Find a network's input and output in a graph, and the shape of its input."""

import math

from beenet.errors import NetworkError
from beenet.network.foreign.graph import Graph, Node, Ref

LOSS_SCOPES = {
    "Crossentropy": "categorical_crossentropy",
    "SoftmaxCrossentropy": "softmax_categorical_crossentropy",
    "BinaryCrossentropy": "binary_crossentropy",
    "WeightedCrossentropy": "weighted_crossentropy",
    "MeanSquare": "mean_square",
    "HingeLoss": "hinge_loss",
}
"""TFLearn's scope of each of its losses."""
_INPUTS = {"Placeholder", "PlaceholderV2"}
_ASIDE = ("ArgMax", "TopK", "InTopK", "Assign", "Summary", "Shape", "Const")
"""Ops that use an output without being one: metrics, averages, summaries."""


def find_input(graph: Graph) -> Ref:
    """Return the input placeholder.

    Raises:
        NetworkError: there is none, or more than one.
    """
    named = graph.collections.get("inputs", ())
    if not named:
        apart = set(graph.collections.get("targets", ()))
        named = tuple(
            node.name
            for node in graph.nodes.values()
            if node.op in _INPUTS and node.name not in apart and _rank(node) > 1
        )
    if len(named) != 1:
        raise NetworkError(
            f"the graph has {len(named)} inputs ({', '.join(named[:5])}); beenet reads "
            "networks of one"
            if named
            else "the graph has no input"
        )
    return named[0], 0


def input_shape(graph: Graph, first: Ref) -> tuple[int, ...]:
    """Return the shape of one example.

    Raises:
        NetworkError: the file does not contain it.
    """
    node = graph.node(first[0])
    for shape in (node.attributes.get("shape"), node.shape):
        if shape and len(shape) > 1 and None not in shape[1:]:
            sides = tuple(int(side or 0) for side in shape[1:])
            if all(side > 0 for side in sides) and math.prod(sides) < 2**31:
                return sides
    raise NetworkError(f"the graph does not tell the shape of its input {first[0]!r}")


def _rank(node: Node) -> int:
    return len(node.attributes.get("shape") or node.shape or ())


def find_output(graph: Graph, first: Ref) -> Ref:
    """Return the network's output: the loss's input, or else the last value.

    Raises:
        NetworkError: nothing depends on the input.
    """
    reached = reachable(graph, first)
    scope = loss_scope(graph)
    if scope is not None:
        inside = f"{scope}/"
        for name in reached:
            for source in map(graph.follow, graph.nodes[name].inputs):
                if (
                    name.startswith(inside)
                    and source[0] in reached
                    and not source[0].startswith(inside)
                ):
                    return source
    used = {
        source[0]
        for name in reached
        if not any(word in graph.nodes[name].op for word in _ASIDE)
        for source in graph.nodes[name].inputs
    }
    ends = [
        name
        for name in reached
        if name not in used
        and not any(word in graph.nodes[name].op for word in _ASIDE)
        and (graph.nodes[name].shape is None or _rank(graph.nodes[name]) > 1)
    ]
    if not ends:
        raise NetworkError(f"nothing in the graph depends on its input {first[0]!r}")
    return graph.follow((ends[-1], 0))


def loss_scope(graph: Graph) -> str | None:
    """Return the scope of the loss, if it is one of TFLearn's."""
    return next(
        (
            node.scope
            for node in graph.nodes.values()
            if node.op == "Mean" and node.scope.rpartition("/")[2] in LOSS_SCOPES
        ),
        None,
    )


def reachable(graph: Graph, first: Ref) -> list[str]:
    """Return nodes that depend on the input, not on the target, in the file's order."""
    users: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        for source, _ in node.inputs:
            users.setdefault(source, []).append(node.name)
    with_target = _downstream(users, graph.collections.get("targets", ()))
    reached = _downstream(users, [first[0]]) - with_target - {first[0]}
    return [name for name in graph.nodes if name in reached]


def _downstream(
    users: dict[str, list[str]], names: "list[str] | tuple[str, ...]"
) -> set[str]:
    reached, todo = set(names), list(names)
    for name in todo:
        fresh = set(users.get(name, ())) - reached
        reached |= fresh
        todo.extend(fresh)
    return reached
