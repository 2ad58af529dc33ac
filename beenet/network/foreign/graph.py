"""A TensorFlow graph as plain data, with version differences hidden.

TensorFlow versions write the same network differently: variables with and without
handles, conditionals as `Switch` and `Merge` or as functions, `Add` and `AddV2`. A
`Graph` shows them alike: a value is followed through nodes that only pass it on.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from beenet.errors import NetworkError

Ref = tuple[str, int]
"""An output of a node: the node's name, the output's number."""


@dataclass(frozen=True)
class Node:
    """One operation."""

    name: str
    op: str
    inputs: tuple[Ref, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """Plain numbers, strings, shapes and lists of them, by name."""
    values: tuple[float, ...] | None = None
    """The numbers of a small constant, or the one that fills a constant."""
    shape: tuple[int | None, ...] | None = None
    """The shape of the first output, if the file contains it."""

    @property
    def scope(self) -> str:
        """The name without its last part."""
        return self.name.rpartition("/")[0]


_PASSES_ON = {"Identity", "ReadVariableOp", "Switch", "RefSwitch"}
_TOO_DEEP = 1000
"""More pass-through nodes in a row than any network has; guards against cycles."""
_ALIKE = {
    "AddV2": "Add",
    "RealDiv": "Div",
    "VarHandleOp": "Variable",
    "VariableV2": "Variable",
}


@dataclass(frozen=True)
class Graph:
    """The nodes of a graph by name, in the order of the file."""

    nodes: Mapping[str, Node]
    collections: Mapping[str, tuple[str, ...]]
    """Names by collection: ``inputs``, ``targets``, ..."""

    def node(self, name: str) -> Node:
        """Return the node with a name.

        Raises:
            NetworkError: there is none.
        """
        try:
            return self.nodes[name]
        except KeyError:
            raise NetworkError(f"the graph has no node {name!r}") from None

    def follow(self, ref: Ref) -> Ref:
        """Return the origin of a value, skipping nodes that only pass it on."""
        for _ in range(_TOO_DEEP):
            node = self.node(ref[0])
            if node.op not in _PASSES_ON or not node.inputs:
                return ref
            ref = node.inputs[0]
        raise NetworkError(f"the graph runs in a circle at {ref[0]!r}")

    def at(self, ref: Ref) -> Node:
        """Return the node that computes a value.

        Newer op names are replaced by older ones. A conditional is a node ``Cond`` with
        three inputs: the condition, the value if it holds, the value if not.
        """
        ref = self.follow(ref)
        node = self.nodes[ref[0]]
        if node.op in ("If", "StatelessIf"):
            half = (len(node.inputs) - 1) // 2
            if ref[1] >= half:
                raise NetworkError(f"the graph's {node.name!r} has no output {ref[1]}")
            inputs = (
                node.inputs[0],
                node.inputs[1 + ref[1]],
                node.inputs[1 + half + ref[1]],
            )
            return Node(node.name, "Cond", inputs, {}, None, node.shape)
        if node.op == "Merge" and len(node.inputs) == 2:
            no, yes = node.inputs
            inputs = (self._condition(node), yes, no)
            return Node(node.name, "Cond", inputs, {}, None, node.shape)
        op = _ALIKE.get(node.op, node.op)
        return (
            node
            if op == node.op
            else Node(
                node.name, op, node.inputs, node.attributes, node.values, node.shape
            )
        )

    def _condition(self, merge: Node) -> Ref:
        for node in self.before(merge.inputs):
            if node.op in ("Switch", "RefSwitch") and len(node.inputs) == 2:
                return self.follow(node.inputs[1])
        raise NetworkError(f"the graph's {merge.name!r} merges what nothing parted")

    def before(self, refs: tuple[Ref, ...], end: Ref | None = None) -> Iterator[Node]:
        """Yield the nodes that values depend on, each once, the nearest first.

        Args:
            refs: the values.
            end: a value, as followed, at which the search stops.
        """
        queue, seen = list(refs), set()
        for ref in queue:
            if ref in seen or (end and self.follow(ref) == end):
                continue
            seen.add(ref)
            node = self.node(ref[0])
            yield node
            queue.extend(node.inputs)

    def number(self, ref: Ref, depth: int = 9) -> float | None:
        """Return the value of a constant scalar, or of simple arithmetic on such."""
        node = self.at(ref)
        if node.values is not None:
            return node.values[0] if len(node.values) == 1 else None
        if not depth:
            return None
        if node.op == "Cast" and node.inputs:
            return self.number(node.inputs[0], depth - 1)
        if node.op not in _ARITHMETIC or len(node.inputs) != 2:
            return None
        a, b = (self.number(ref, depth - 1) for ref in node.inputs)
        if a is None or b is None:
            return None
        try:
            return _ARITHMETIC[node.op](a, b)
        except (ArithmeticError, ValueError):
            return None

    def numbers(self, ref: Ref) -> tuple[int, ...] | None:
        """Return a short constant list of whole numbers, such as a shape."""
        node = self.at(ref)
        if node.values is None or not all(map(math.isfinite, node.values)):
            return None
        shape = node.attributes.get("shape of value", ())
        repeat = shape[0] if len(node.values) == 1 and len(shape) == 1 else 1
        return tuple(int(v) for v in node.values) * min(max(int(repeat), 1), 8)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "Add": lambda a, b: a + b,
    "Sub": lambda a, b: a - b,
    "Mul": lambda a, b: a * b,
    "Div": lambda a, b: a / b,
    "Maximum": max,
    "Minimum": min,
}
