"""What a ``NodeDef`` takes and makes.

Its inputs are tensors, then what it waits for, as ``^name``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def data_inputs(node: Any) -> list[str]:
    """Return the tensors that an operation takes, in its order."""
    return [name for name in node.input if not name.startswith("^")]


def control_inputs(node: Any) -> list[str]:
    """Return what an operation waits for, each with its ``^``."""
    return [name for name in node.input if name.startswith("^")]


def operation_of(name: str) -> str:
    """Return the name of the operation whose tensor, or whose end, is taken so."""
    return name.lstrip("^").split(":")[0]


def renamed(name: str, names: Mapping[str, str]) -> str:
    """Return what takes the place of a tensor, its operation having another name."""
    operation, *output = name.split(":")
    return ":".join([names.get(operation, operation), *output])


def users_of(nodes: Iterable[Any]) -> defaultdict[str, dict[str, Any]]:
    """Return who takes or waits for an operation: by its name, nodes by theirs."""
    users: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for node in nodes:
        for name in node.input:
            users[operation_of(name)][node.name] = node
    return users


def copied(
    node: Any, name: str | None = None, inputs: Iterable[str] | None = None
) -> Any:
    """Return a copy of an operation, by another name or with other inputs."""
    copy = type(node)()
    copy.CopyFrom(node)
    copy.name = name or node.name
    if inputs is not None:
        set_inputs(copy, inputs)
    return copy


def set_inputs(node: Any, names: Iterable[str]) -> None:
    """Give an operation these inputs in place of its own."""
    names = list(names)
    del node.input[:]
    node.input.extend(names)


def tensor_of(graph: Any, name: str) -> Any:
    """Return the tensor of a graph that nodes take as ``name``.

    Raises:
        KeyError: there is none.
    """
    return graph.get_tensor_by_name(name if ":" in name else f"{name}:0")


def static_shape(graph: Any, name: str) -> Sequence[Any]:
    """Return a tensor's shape in a graph, None where it is open; () if it has none."""
    try:
        tensor = tensor_of(graph, name)
    except (KeyError, ValueError):  # from a branch that was put in its place
        return ()
    return () if tensor.shape.rank is None else tuple(tensor.shape.as_list())


def reroute(graph_def: Any, old: str, new: str) -> None:
    """Let, in place, all operations that take one tensor take another."""
    for node in graph_def.node:
        for i, name in enumerate(node.input):
            if name == old:
                node.input[i] = new
