"""The operations of a step around a layer that hands no gradient on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beenet.engine.clipping import IDLE
from beenet.engine.nodes import control_inputs, operation_of, users_of
from beenet.engine.norms import FACTOR, SURE
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
    to_update: tuple[Any, ...]
    """What the gradient goes through to the update, which is the last."""
    norm: Any
    """The switch that hands the gradient to its norm; None without clipping."""


def wide_layer(graph_def: Any, handle: str) -> WideLayer | None:
    """Return the operations around a variable, if they are those of such a layer."""
    users = users_of(graph_def.node)
    of_variable = {node.op: node for node in users[handle].values()}
    read = of_variable.get("ReadVariableOp")
    update = of_variable.get("ResourceApplyGradientDescent")
    if len(users[handle]) != 2 or read is None or update is None:
        return None
    readers = list(users[read.name].values())
    if len(readers) != 1 or list(read.input) != [handle] or control_inputs(update):
        return None
    [forward] = readers
    if not _is_product(forward, transposed=False) or forward.input[1] != read.name:
        return None
    x = forward.input[0]
    for gradient in users[operation_of(x)].values():
        if _is_product(gradient, transposed=True) and gradient.input[0] == x:
            found = _to_update(users, gradient, update)
            if found is not None:
                return WideLayer(read, forward, gradient, *found)
    return None


def _is_product(node: Any, *, transposed: bool) -> bool:
    """Return whether a node is a product with its first input so, the second not.

    It may add a bias and apply an activation, but take no other tensor.
    """
    return (
        node.op in ("MatMul", "_FusedMatMul")
        and len(node.input) <= 3
        and node.attr["T"].type == tf.float32.as_datatype_enum
        and node.attr["transpose_a"].b == transposed
        and not node.attr["transpose_b"].b
        and not control_inputs(node)
    )


def _to_update(
    users: _Users, gradient: Any, update: Any
) -> tuple[tuple[Any, ...], Any] | None:
    """Return what a gradient goes through to its update, and its norm's switch.

    None, if it goes anywhere else, or through anything but clipping.
    """
    clipping: dict[str, Any] = {}
    norm = None
    updated = False
    waiting = [gradient]
    while waiting:
        for user in users[waiting.pop().name].values():
            if user.name == update.name:
                updated = True
            elif user.op == "Switch" and user.input[1] == SURE:
                norm = user
            elif not _clips(user):
                return None
            elif user.name not in clipping:
                clipping[user.name] = user
                waiting.append(user)
    return ((*clipping.values(), update), norm) if updated else None


def _clips(node: Any) -> bool:
    """Return whether an operation is one of those that clip a large gradient."""
    return not control_inputs(node) and (
        (node.op == "Switch" and node.input[1] == IDLE)
        or (node.op == "Mul" and FACTOR in node.input)
        or node.op == "Merge"
    )
