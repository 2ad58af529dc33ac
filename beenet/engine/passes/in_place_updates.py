"""Make optimizer updates wait for the readers of the weights, so that none is copied.

An update operation writes into a variable's memory only if nothing else references it;
otherwise it copies the variable first. Where gradients are not clipped, TensorFlow may
reach the update before the operation that multiplies the layer's gradient by these
weights has run. With a control dependency on that operation no copy is needed: the
numbers are the same, and megabytes need not be copied.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from beenet.engine.graph.nodes import operation_of, users_of


def update_in_place(graph_def: Any) -> None:
    """Make, in place, each update of a variable wait for the prior readers of it."""
    handles = _held(graph_def)
    users = users_of(graph_def.node)
    readers = defaultdict(set)  # of a variable, by its handle
    for node in graph_def.node:
        for name in _inputs(node):
            if name in handles:
                readers[handles[name]].add(node.name)
    for node in graph_def.node:
        if node.op.startswith("ResourceApply"):
            waits_for = readers[node.input[0]] - _after(users, node.name)
            for reader in sorted(waits_for - set(_inputs(node))):
                node.input.append(f"^{reader}")


def _held(graph_def: Any) -> dict[str, str]:
    """Return, by operation name, the handle of the variable whose memory it shares."""
    nodes = {node.name: node for node in graph_def.node}
    handles = {}
    for node in graph_def.node:
        source = node
        while source is not None and source.op in ("Reshape", "SplitV"):
            source = nodes.get(_inputs(source)[0])
        if source is not None and source.op == "ReadVariableOp":
            handles[node.name] = source.input[0]
    return handles


def _after(users: Mapping[str, Iterable[str]], name: str) -> set[str]:
    """Return the nodes that depend on ``name``, including itself."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(users.get(name, ()))
    return found


def _inputs(node: Any) -> list[str]:
    return [operation_of(name) for name in node.input]
