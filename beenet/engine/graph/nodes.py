"""Inputs and users of a ``NodeDef``.

Its inputs are tensors, then control inputs, as ``^name``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def data_inputs(node: Any) -> list[str]:
    """Return the names of a node's input tensors, in order."""
    return [name for name in node.input if not name.startswith("^")]


def control_inputs(node: Any) -> list[str]:
    """Return a node's control inputs, each with its ``^``."""
    return [name for name in node.input if name.startswith("^")]


def operation_of(name: str) -> str:
    """Return the name of the operation to which an input, data or control, refers."""
    return name.lstrip("^").split(":")[0]


def renamed(name: str, names: Mapping[str, str]) -> str:
    """Return a tensor's name after its operation is renamed according to ``names``."""
    operation, *output = name.split(":")
    return ":".join([names.get(operation, operation), *output])


def users_of(nodes: Iterable[Any]) -> defaultdict[str, dict[str, Any]]:
    """Return each operation's users, data or control: by its name, nodes by theirs."""
    users: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for node in nodes:
        for name in node.input:
            users[operation_of(name)][node.name] = node
    return users


def copied(
    node: Any, name: str | None = None, inputs: Iterable[str] | None = None
) -> Any:
    """Return a copy of a node, optionally with another name or other inputs."""
    copy = type(node)()
    copy.CopyFrom(node)
    copy.name = name or node.name
    if inputs is not None:
        set_inputs(copy, inputs)
    return copy


def set_inputs(node: Any, names: Iterable[str]) -> None:
    """Replace the inputs of a node, in place."""
    names = list(names)
    del node.input[:]
    node.input.extend(names)


def tensor_of(graph: Any, name: str) -> Any:
    """Return the tensor of a graph to which the node input ``name`` refers.

    Raises:
        KeyError: there is none.
    """
    return graph.get_tensor_by_name(name if ":" in name else f"{name}:0")


def static_shape(graph: Any, name: str) -> Sequence[Any]:
    """Return a tensor's static shape, None for unknown sizes; () if there is none."""
    try:
        tensor = tensor_of(graph, name)
    except (KeyError, ValueError):  # from an inlined branch
        return ()
    return () if tensor.shape.rank is None else tuple(tensor.shape.as_list())


def reroute(graph_def: Any, old: str, new: str) -> None:
    """Replace, in place, one tensor by another in the inputs of all nodes."""
    for node in graph_def.node:
        for i, name in enumerate(node.input):
            if name == old:
                node.input[i] = new
