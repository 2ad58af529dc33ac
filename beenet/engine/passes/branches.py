"""Resolve dropout's ``tf.cond`` on the training flag.

TFLearn switches dropout and batch normalization by a variable, ``is_training``. In
the training loop it is always true, in an exported model always false. Inlining the
branch that is taken saves a dozen small operations, and makes the random ones among
them accessible to `beenet.engine.randomness`.

In training, batch normalization keeps its conditional: without it, TensorFlow would
fuse it with its neighbours and round differently from TFLearn's own loop. For graphs
that grappler has lowered, see `lowered_branches`.
"""

from typing import Any

from tensorflow.python.framework.function_def_to_graph import function_def_to_graph_def

from beenet.engine.graph.nodes import (
    control_inputs,
    copied,
    data_inputs,
    operation_of,
    set_inputs,
)


def take_branches(graph_def: Any, is_training: str, *, training: bool) -> set[str]:
    """Replace, in place, conditionals on ``is_training`` by one of their branches.

    Conditionals that update variables stay, and so do those that take their results,
    as their gradients do.

    Args:
        graph_def: the operations; its function library contains the branches.
        is_training: the name of the variable's handle node.
        training: the value of the variable.

    Returns:
        The names of the replaced conditionals.
    """
    side = "then_branch" if training else "else_branch"
    functions = {f.signature.name: f for f in graph_def.library.function}
    kept: set[str] = set()
    taken: set[str] = set()
    # One at a time: a branch may contain further conditionals.
    while (node := _next_conditional(graph_def, is_training, kept)) is not None:
        branch = functions[node.attr[side].func.name]
        if _is_kept(node, branch, kept):
            kept.add(node.name)
        else:
            taken.add(node.name)
            _inline(graph_def, node, branch)
    unwrap_optionals(graph_def)
    return taken


def drop_unused_functions(graph_def: Any) -> None:
    """Keep, in place, only the functions that the operations can still call."""
    functions = {f.signature.name: f for f in graph_def.library.function}
    used: dict[str, Any] = {}
    waiting = list(graph_def.node)
    while waiting:
        for value in waiting.pop().attr.values():
            for call in (value.func, *value.list.func):
                if call.name in functions and call.name not in used:
                    used[call.name] = functions[call.name]
                    waiting.extend(functions[call.name].node_def)
    del graph_def.library.function[:]
    graph_def.library.function.extend(used.values())


def _is_kept(node: Any, branch: Any, kept: set[str]) -> bool:
    """Return whether a conditional must stay, given that those in ``kept`` do."""
    updates = any(inner.op.startswith("Assign") for inner in branch.node_def)
    return updates or bool({operation_of(name) for name in node.input} & kept)


def _next_conditional(graph_def: Any, is_training: str, seen: set[str]) -> Any:
    nodes = {node.name: node for node in graph_def.node}

    def asks(name: str) -> bool:
        node = nodes[operation_of(name)]
        if node.op == "Identity":
            return asks(node.input[0])
        return bool(node.op == "ReadVariableOp" and node.input[0] == is_training)

    for node in graph_def.node:
        conditional = node.op in ("If", "StatelessIf") and node.name not in seen
        if conditional and asks(node.input[0]):
            return node
    return None


def _inline(graph_def: Any, call: Any, function: Any) -> None:
    """Replace the conditional ``call`` by the body of ``function``, in place."""
    body, flat_names = function_def_to_graph_def(function)
    _, *arguments = data_inputs(call)
    controls = control_inputs(call)
    inputs = dict(
        zip((arg.name for arg in function.signature.input_arg), arguments, strict=True)
    )

    def rename(name: str) -> str:
        if name.startswith("^"):
            return f"^{operation_of(rename(name[1:]))}"
        node, _, port = name.partition(":")
        return (
            inputs[node]
            if node in inputs
            else _tensor(f"{call.name}/taken/{node}", port)
        )

    effects = []  # control outputs: the branch's side effects
    for node in function.control_ret.values():
        effects.append(f"^{call.name}/taken/{node}")
    outputs = {}
    for i, arg in enumerate(function.signature.output_arg):
        outputs[_tensor(call.name, str(i))] = rename(flat_names[function.ret[arg.name]])

    remaining = [node for node in graph_def.node if node.name != call.name]
    for node in remaining:
        used = [i for i in node.input if operation_of(i) == call.name]
        if used:
            set_inputs(node, [outputs.get(i, i) for i in node.input])
            waits = [i for i in control_inputs(node) if i != f"^{call.name}"]
            waits = list(dict.fromkeys([*waits, *effects]))
            set_inputs(node, [*data_inputs(node), *waits])
    inlined = []
    for node in body.node:
        if node.name in inputs:
            continue
        name = f"{call.name}/taken/{node.name}"
        taken = [*map(rename, node.input)]
        taken += [control for control in controls if control not in taken]
        inlined.append(copied(node, name, taken))
    del graph_def.node[:]
    graph_def.node.extend(remaining + inlined)


def unwrap_optionals(graph_def: Any) -> None:
    """Bypass, in place, the optionals that wrap a branch's values for its gradient."""
    nodes = {node.name: node for node in graph_def.node}
    values = {}
    for node in graph_def.node:
        if node.op == "OptionalGetValue":
            source = nodes[operation_of(node.input[0])]
            if source.op == "OptionalFromValue":
                for i in range(len(node.attr["output_types"].list.type)):
                    values[_tensor(node.name, str(i))] = source.input[i]

    def unwrap(name: str) -> str:
        while name in values:
            name = values[name]
        return name

    for node in graph_def.node:
        set_inputs(node, map(unwrap, node.input))


def _tensor(node: str, port: str) -> str:
    """Return a tensor's name as a GraphDef writes it: output 0 without a number."""
    return node if port in ("", "0") else f"{node}:{port}"
