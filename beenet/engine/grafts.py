"""Operations that take the place of another one in a ``GraphDef``."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from beenet.engine.nodes import set_inputs
from beenet.tflearn_backend import tf


def graft(name: str, sources: Mapping[str, Any], make: Callable[..., Any]) -> list[Any]:
    """Return the operations by which ``make`` makes one tensor out of others.

    Args:
        name: of the last of them; the others stand below it.
        sources: the tensors that ``make`` takes, in its order, with their types.
        make: is called within a graph of its own, with tensors of unknown shape.
    """
    with tf.Graph().as_default() as graph:
        given = {tf.placeholder(dtype).op.name: s for s, dtype in sources.items()}
        end = make(*(graph.get_tensor_by_name(f"{name}:0") for name in given))
    names = {**given, end.op.name: name}

    def renamed(tensor: str) -> str:
        operation, *output = tensor.split(":")
        return ":".join([names.get(operation, f"{name}/{operation}"), *output])

    nodes = [node for node in graph.as_graph_def().node if node.name not in given]
    for node in nodes:
        set_inputs(node, [renamed(tensor) for tensor in node.input])
        node.name = renamed(node.name)
    return nodes


def replace(graph_def: Any, name: str, nodes: Iterable[Any]) -> None:
    """Put, in place, operations where the one called ``name`` was.

    One of them has its name. Those that are there already are shared.
    """
    kept = [node for node in graph_def.node if node.name != name]
    there = {node.name for node in kept}
    del graph_def.node[:]
    graph_def.node.extend([*kept, *(node for node in nodes if node.name not in there)])
