"""The operations of a step around a layer that hands no gradient on."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beenet.engine.nodes import control_inputs, operation_of
from beenet.engine.norms import SURE
from beenet.tflearn_backend import tf

# Operations by name, by the name of what they take.
_Users = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class WideLayer:
    """All that has to do with a fully connected layer's weights and their gradient.

    Nothing but the layer's product takes the weights, and plain gradient descent
    updates them.
    """

    read: Any
    forward: Any
    gradient: Any
    after: tuple[Any, ...]
    """What the gradient goes through to the update, which is the last."""
    norm: Any
    """The switch that hands the gradient to its norm; None without clipping."""


def wide_layer(graph_def: Any, handle: str) -> WideLayer | None:
    """Return the operations around a variable, if they are those of such a layer."""
    users: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for node in graph_def.node:
        for name in node.input:
            users[operation_of(name)][node.name] = node
    of_variable = {node.op: node for node in users[handle].values()}
    read = of_variable.get("ReadVariableOp")
    update = of_variable.get("ResourceApplyGradientDescent")
    if len(users[handle]) != 2 or read is None or update is None:
        return None
    [forward, *others] = users[read.name].values()
    if others or not _is_product(forward, transposed=False):
        return None
    if forward.input[1] != read.name:
        return None
    x = forward.input[0]
    for gradient in users[operation_of(x)].values():
        if _is_product(gradient, transposed=True) and gradient.input[0] == x:
            found = _after(users, gradient, update)
            if found is not None:
                return WideLayer(read, forward, gradient, *found)
    return None


def _is_product(node: Any, *, transposed: bool) -> bool:
    """Return whether a node is a product with its first input so, the second not."""
    return (
        node.op in ("MatMul", "_FusedMatMul")
        and node.attr["T"].type == tf.float32.as_datatype_enum
        and node.attr["transpose_a"].b == transposed
        and not node.attr["transpose_b"].b
        and not control_inputs(node)
    )


def _after(
    users: _Users, gradient: Any, update: Any
) -> tuple[tuple[Any, ...], Any] | None:
    """Return what a gradient goes through to its update, and its norm's switch.

    None, if it goes anywhere else.
    """
    clipping: dict[str, Any] = {}
    norm = None
    updated = False
    waiting = [gradient]
    while waiting:
        for user in users[waiting.pop().name].values():
            if user.name == update.name:
                updated = True
            elif user.op == "Switch" and SURE in user.input:
                norm = user
            elif user.op not in ("Switch", "Mul", "Merge"):
                return None
            elif user.name not in clipping:
                clipping[user.name] = user
                waiting.append(user)
    return ((*clipping.values(), update), norm) if updated else None
