"""Find the operations of a step that belong to one fully connected first layer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beenet.engine.graph.nodes import control_inputs, operation_of, users_of
from beenet.engine.passes.idle_clipping import IDLE
from beenet.engine.passes.idle_norms import BELOW_CLIP, FACTOR
from beenet.tflearn_backend import tf

# For each operation's name, its users by name.
_Users = Mapping[str, Mapping[str, Any]]

_UPDATES = {
    "ResourceApplyGradientDescent": (),
    "ResourceApplyMomentum": (1,),
    "ResourceApplyAdam": (1, 2),
    "ResourceApplyRMSProp": (1, 2),
    "ResourceApplyAdagrad": (1,),
    "ResourceApplyAdadelta": (1, 2),
}
"""Elementwise updates, and which of their inputs, apart from the weights, are handles
of variables of the weights' shape."""


@dataclass(frozen=True)
class DenseLayer:
    """The operations on a fully connected layer's weights and their gradient.

    Only the layer's product reads the weights, and only their update uses the
    optimizer's slots.
    """

    read: Any
    forward: Any
    gradient: Any
    to_update: tuple[Any, ...]
    """The operations from the gradient to the update, which is the last."""
    norm: Any
    """The switch that passes the gradient to its norm; None if there is no switch."""
    slots: tuple[str, ...]
    """The handles of the optimizer's slots for the weights."""


def match_dense_layer(graph_def: Any, handle: str) -> DenseLayer | None:
    """Return the operations on a variable if they are those of such a layer."""
    users = users_of(graph_def.node)
    of_variable = sorted(users[handle].values(), key=lambda node: node.op in _UPDATES)
    if [node.op in _UPDATES for node in of_variable] != [False, True]:
        return None
    read, update = of_variable
    slots = tuple(update.input[i] for i in _UPDATES[update.op])
    if read.op != "ReadVariableOp" or any(len(users[slot]) != 1 for slot in slots):
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
                return DenseLayer(read, forward, gradient, *found, slots)
    return None


def _is_product(node: Any, *, transposed: bool) -> bool:
    """Return whether a node is a product, its first input transposed or not.

    Its second input is not transposed. It may add a bias and apply an activation.
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
    """Return the operations from a gradient to its update, and its norm's switch.

    None if the gradient has other users, or passes through anything but clipping.
    """
    clipping: dict[str, Any] = {}
    norm = None
    updated = False
    waiting = [gradient]
    while waiting:
        for user in users[waiting.pop().name].values():
            if user.name == update.name:
                updated = True
            elif user.op == "Switch" and user.input[1] == BELOW_CLIP:
                norm = user
            elif not _clips(user):
                return None
            elif user.name not in clipping:
                clipping[user.name] = user
                waiting.append(user)
    return ((*clipping.values(), update), norm) if updated else None


def _clips(node: Any) -> bool:
    """Return whether an operation is part of clipping a large gradient."""
    return not control_inputs(node) and (
        (node.op == "Switch" and node.input[1] == IDLE)
        or (node.op == "Mul" and FACTOR in node.input)
        or node.op == "Merge"
    )
