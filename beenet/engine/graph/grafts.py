"""Create operations that replace another one in a ``GraphDef``."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from beenet.engine.graph.nodes import copied, renamed, set_inputs
from beenet.tflearn_backend import tf


def graft(name: str, sources: Mapping[str, Any], make: Callable[..., Any]) -> list[Any]:
    """Return the nodes by which ``make`` computes one or several tensors from others.

    Args:
        name: the last node's; the others are in this name scope. If ``make`` returns a
            list, its nodes are ``name/0``, ``name/1`` and so on.
        sources: the tensors that ``make`` takes, in its order, with their dtypes.
        make: is called in a separate graph, with tensors of unknown shape.
    """
    with tf.Graph().as_default() as graph:
        given = {tf.placeholder(dtype).op.name: s for s, dtype in sources.items()}
        made = make(*(graph.get_tensor_by_name(f"{name}:0") for name in given))
    nodes = [node for node in graph.as_graph_def().node if node.name not in given]
    names = given | {node.name: f"{name}/{node.name}" for node in nodes}
    if isinstance(made, list):
        names |= {end.op.name: f"{name}/{i}" for i, end in enumerate(made)}
    else:
        names[made.op.name] = name
    for node in nodes:
        set_inputs(node, [renamed(tensor, names) for tensor in node.input])
        node.name = names[node.name]
    return nodes


def again(node: Any, tensors: Iterable[Any]) -> Any:
    """Apply a copy of an operation to other tensors, in the current default graph."""
    given = {f"given_{i}": tensor for i, tensor in enumerate(tensors)}
    parts = tf.GraphDef(node=[copied(node, "again", given)])
    [made] = tf.import_graph_def(parts, given, ["again:0"], name="")
    return made


def replace(graph_def: Any, name: str, nodes: Iterable[Any]) -> None:
    """Replace, in place, the node called ``name`` by other nodes.

    One of them has its name. Nodes that exist already are shared.
    """
    kept = [node for node in graph_def.node if node.name != name]
    there = {node.name for node in kept}
    del graph_def.node[:]
    graph_def.node.extend([*kept, *(node for node in nodes if node.name not in there)])
