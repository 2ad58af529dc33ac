"""Operations that take the place of another one in a ``GraphDef``."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from beenet.engine.graph.nodes import copied, renamed, set_inputs
from beenet.tflearn_backend import tf


def graft(name: str, sources: Mapping[str, Any], make: Callable[..., Any]) -> list[Any]:
    """Return the operations by which ``make`` makes a tensor, or several, of others.

    Args:
        name: of the last of them; the others stand below it. Where there are several
            tensors, the last ones are ``name/0``, ``name/1`` and so on.
        sources: the tensors that ``make`` takes, in its order, with their types.
        make: is called within a graph of its own, with tensors of unknown shape.
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
    """Return what an operation makes of other tensors, in the graph at hand."""
    given = {f"given_{i}": tensor for i, tensor in enumerate(tensors)}
    parts = tf.GraphDef(node=[copied(node, "again", given)])
    [made] = tf.import_graph_def(parts, given, ["again:0"], name="")
    return made


def replace(graph_def: Any, name: str, nodes: Iterable[Any]) -> None:
    """Put, in place, operations where the one called ``name`` was.

    One of them has its name. Those that are there already are shared.
    """
    kept = [node for node in graph_def.node if node.name != name]
    there = {node.name for node in kept}
    del graph_def.node[:]
    graph_def.node.extend([*kept, *(node for node in nodes if node.name not in there)])
