"""Read layers without weights: reductions, normalization by length, upsampling."""

from beenet.network.foreign.graph import Ref
from beenet.network.foreign.layer_match import LayerMatch
from beenet.network.foreign.patterns import match
from beenet.network.foreign.variables import Variables


def read_reduction(variables: Variables, ref: Ref) -> LayerMatch | None:
    """Read a mean, sum or maximum along axes, as in a script's custom layer."""
    graph = variables.graph
    node = graph.at(ref)
    if node.op not in _REDUCTIONS or len(node.inputs) != 2:
        return None
    axes = graph.numbers(node.inputs[1])
    if not axes:
        return None
    arguments = {
        "axis": axes[0] if len(axes) == 1 else list(axes),
        "keepdims": bool(node.attributes.get("keep_dims")),
    }
    # Within a custom layer its name is TensorFlow's default, which no config needs.
    name = "" if node.scope else node.name
    return LayerMatch(
        _REDUCTIONS[node.op], arguments, name, (graph.follow(node.inputs[0]),)
    )


def read_length(variables: Variables, ref: Ref) -> LayerMatch | None:
    """Read a division by the length of the vectors along an axis."""
    graph = variables.graph
    if (parts := match(graph, _L2_NORMALIZE, ref)) is None:
        return None
    axes, epsilon = graph.numbers(parts["axis"]), graph.number(parts["epsilon"])
    if not axes or len(axes) != 1 or epsilon is None:
        return None
    arguments = {"dim": axes[0], "epsilon": epsilon}
    return LayerMatch("l2_normalize", arguments, graph.at(ref).scope, (parts["x"],))


def read_upsampling(variables: Variables, ref: Ref) -> LayerMatch | None:
    """Read an upsampling that repeats an image's pixels."""
    graph = variables.graph
    node = graph.at(ref)
    if node.op != "ResizeNearestNeighbor" or len(node.inputs) != 2:
        return None
    large, small = node.shape, graph.at(node.inputs[0]).shape
    times = []
    for to, size in zip((large or ())[1:3], (small or ())[1:3], strict=False):
        if not to or not size or to % size:
            return None
        times.append(to // size)
    if len(times) != 2:
        return None
    kernel = times[0] if times[0] == times[1] else times
    x = graph.follow(node.inputs[0])
    return LayerMatch("upsample_2d", {"kernel_size": kernel}, node.scope, (x,))


_REDUCTIONS = {"Mean": "reduce_mean", "Max": "reduce_max", "Sum": "reduce_sum"}
_L2_NORMALIZE = (
    "Mul",
    "x",
    ("Rsqrt", ("Maximum", ("Sum", ("Square", "x"), "axis"), "epsilon")),
)
