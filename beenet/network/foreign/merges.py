"""Read layers that merge the outputs of several layers."""

from beenet.network.foreign.graph import Ref
from beenet.network.foreign.layer_match import LayerMatch
from beenet.network.foreign.variables import Variables


def read_merge(variables: Variables, ref: Ref) -> LayerMatch | None:
    """Read a layer that merges the outputs of several layers."""
    graph = variables.graph
    node = graph.at(ref)
    if node.op in _REDUCTIONS and len(node.inputs) == 2:
        axis, joined = graph.numbers(node.inputs[1]), graph.at(node.inputs[0])
        if joined.op == "ConcatV2" and not node.attributes.get("keep_dims"):
            found = read_merge(variables, node.inputs[0])
            if found and axis == (found.arguments["axis"],):
                arguments = {**found.arguments, "mode": _REDUCTIONS[node.op]}
                return LayerMatch("merge", arguments, node.scope, found.inputs)
        return None
    if node.op == "ConcatV2" and len(node.inputs) > 2:
        along = graph.number(node.inputs[-1])
        if along is None or along != int(along):
            return None
        taken = tuple(map(graph.follow, node.inputs[:-1]))
        return LayerMatch(
            "merge", {"mode": "concat", "axis": int(along)}, node.scope, taken
        )
    if node.op in _PAIRWISE and len(node.inputs) == 2:
        taken = tuple(map(graph.follow, node.inputs))
        # Three and more inputs are merged two at a time, in one scope.
        while node.scope and len(taken) < _MAX_MERGED:
            inner = graph.at(taken[0])
            if (inner.op, inner.scope) != (node.op, node.scope):
                break
            taken = (*map(graph.follow, inner.inputs), *taken[1:])
        return LayerMatch("merge", {"mode": _PAIRWISE[node.op]}, node.scope, taken)
    return None


_MAX_MERGED = 100
_PAIRWISE = {"Add": "elemwise_sum", "Mul": "elemwise_mul"}
_REDUCTIONS = {
    "Sum": "sum",
    "Mean": "mean",
    "Prod": "prod",
    "Max": "max",
    "Min": "min",
}
