"""The inputs of a ``NodeDef``: tensors, then what it waits for, as ``^name``."""

from collections.abc import Iterable
from typing import Any


def data_inputs(node: Any) -> list[str]:
    """Return the tensors that an operation takes, in its order."""
    return [name for name in node.input if not name.startswith("^")]


def control_inputs(node: Any) -> list[str]:
    """Return what an operation waits for, each with its ``^``."""
    return [name for name in node.input if name.startswith("^")]


def set_inputs(node: Any, names: Iterable[str]) -> None:
    """Give an operation these inputs in place of its own."""
    names = list(names)
    del node.input[:]
    node.input.extend(names)
