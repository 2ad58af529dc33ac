"""Resolve conditionals that grappler has lowered to Switch and Merge.

A lowered ``tf.cond`` has a Switch for each input tensor, which passes it to one branch
only, the operations of both branches, and a Merge for each result. Where the predicate
is known, the Switches, the Merges and the other branch are removed; the remaining
operations, and their results, are the same.
"""

from collections.abc import Collection
from typing import Any

from beenet.engine.graph.nodes import (
    control_inputs,
    data_inputs,
    operation_of,
    set_inputs,
)

_SIDES = ("then", "else")


def take_lowered_branches(graph_def: Any, conditionals: Collection[str]) -> None:
    """Resolve, in place, the conditionals of these names as true.

    Args:
        graph_def: the operations.
        conditionals: their names before lowering.
    """
    own = tuple(f"{name}/" for name in conditionals)
    # The branches may contain other conditionals, with other predicates.
    inside = tuple(f"{name}/{side}/_" for name in conditionals for side in _SIDES)
    nodes = {node.name: node for node in graph_def.node}
    switches = {
        name
        for name, node in nodes.items()
        if node.op == "Switch" and name.startswith(own) and not name.startswith(inside)
    }
    if not switches:
        return
    dead = _dead(nodes, switches)
    instead = {f"{name}:1": nodes[name].input[0] for name in switches}
    for name, node in nodes.items():
        if node.op == "Merge" and name not in dead:
            alive = [i for i in data_inputs(node) if not _is_dead(i, dead, switches)]
            if len(alive) == 1 < len(data_inputs(node)):
                instead[name] = alive[0]
    gone = dead | switches | (instead.keys() & nodes.keys())

    def resolved(name: str) -> str:
        if name.startswith("^"):
            source = name[1:]
            if source in switches:
                source = nodes[source].input[0]
            return "^" + resolved(source).split(":")[0]
        while name in instead:
            name = instead[name]
        return name

    kept = [node for node in graph_def.node if node.name not in gone]
    for node in kept:
        waits = dict.fromkeys(map(resolved, control_inputs(node)))
        set_inputs(node, [*map(resolved, data_inputs(node)), *waits])
    del graph_def.node[:]
    graph_def.node.extend(kept)


def _dead(nodes: dict[str, Any], switches: set[str]) -> set[str]:
    """Return the operations that never run if every switch is true."""
    dead: set[str] = set()
    found = True
    while found:
        found = False
        for name, node in nodes.items():
            if name in dead or not node.input:
                continue
            lost = [_is_dead(i, dead, switches) for i in node.input]
            if all(lost) if node.op == "Merge" else any(lost):
                dead.add(name)
                found = True
    return dead


def _is_dead(name: str, dead: set[str], switches: set[str]) -> bool:
    """Return whether an input, data or control, is never produced."""
    return name in switches or operation_of(name) in dead
