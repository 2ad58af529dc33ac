"""Compare what two graphs compute from input to output."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from beenet.errors import NetworkError
from beenet.network.foreign.graph import Graph, Ref
from beenet.network.foreign.switched import read_batch_normalization, read_dropout
from beenet.network.foreign.variables import Variables

_SAID = (
    "strides", "ksize", "padding", "data_format", "dilations", "transpose_a",
    "transpose_b", "depth_radius", "bias", "alpha", "beta", "keep_dims", "squeeze_dims",
    "axis",
)  # fmt: skip
"""The attributes that change what an operation computes."""


@dataclass(frozen=True)
class ForwardStep:
    """One operation of a forward pass."""

    text: str
    """Its description: its op, its attributes, a variable's name and shape."""
    inputs: tuple[int, ...]
    """The indices of the earlier steps that are its inputs."""


def forward(graph: Graph, first: Ref, last: Ref) -> list[ForwardStep]:
    """Return the operations from the input to the output, each after its inputs.

    Dropout and batch normalization are one step each, with their training parameters:
    TensorFlow versions build them from different operations.
    """
    variables = Variables(graph)
    number: dict[Ref, int] = {}
    steps: list[ForwardStep] = []
    begun: dict[Ref, tuple[str, list[Ref]]] = {}
    todo: list[tuple[Ref, bool]] = [(graph.follow(last), False)]
    while todo:
        ref, ready = todo.pop()
        if ref in number:
            continue
        if not ready:
            if ref in begun:
                raise NetworkError(f"the graph runs in a circle at {ref[0]!r}")
            _, inputs = begun[ref] = _step(variables, ref, first)
            todo.append((ref, True))
            todo.extend((x, False) for x in reversed(inputs) if x not in number)
            continue
        text, inputs = begun[ref]
        steps.append(ForwardStep(text, tuple(number[x] for x in inputs)))
        number[ref] = len(steps) - 1
    return steps


def _step(variables: Variables, ref: Ref, first: Ref) -> tuple[str, list[Ref]]:
    graph = variables.graph
    if ref == first:
        return "the input", []
    if found := read_dropout(variables, ref):
        return _written("dropout", found.arguments), list(found.inputs)
    if found := read_batch_normalization(variables, ref):
        said = {k: found.arguments.get(k) for k in ("epsilon", "decay")}
        names = [f"{found.name}/{v}" for v in ("beta", "gamma")]
        text = _written("batch_normalization", said)
        return f"{text} with {' '.join(names)}", list(found.inputs)
    node = graph.at(ref)
    if node.op == "Variable":
        return f"{node.name} {list(node.attributes.get('shape') or ())}", []
    if node.op == "Const":
        if node.values is None:
            return f"a constant {list(node.attributes.get('shape of value', ()))}", []
        return f"the constant {', '.join(f'{v:g}' for v in node.values)}", []
    said = {k: node.attributes[k] for k in _SAID if _tells(node.attributes.get(k))}
    output = f" output {ref[1]}" if ref[1] else ""
    return _written(node.op, said) + output, [graph.follow(x) for x in node.inputs]


def _tells(value: Any) -> bool:
    """Return whether an attribute differs from its default, which old files omit."""
    if isinstance(value, bool):  # True equals 1 in Python
        return value
    return bool(value) and value != "NHWC" and set(_listed(value)) != {1}


def _listed(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _written(op: str, said: dict[str, Any]) -> str:
    return " ".join([op, *(f"{key}={value}" for key, value in said.items())])


def differences(
    theirs: list[ForwardStep], ours: list[ForwardStep], most: int = 10
) -> list[str]:
    """Return the differences of two forward passes as lines; none if they are equal."""
    if theirs == ours:
        return []
    lines = list(_differing([s.text for s in theirs], [s.text for s in ours]))
    if not lines:
        return ["the operations are the same, but fed by others"]
    more = [f"and {len(lines) - most} more"] if len(lines) > most else []
    return lines[:most] + more


def _differing(theirs: list[str], ours: list[str]) -> Iterator[str]:
    matcher = difflib.SequenceMatcher(None, theirs, ours, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield from (f"the file has {text}" for text in theirs[a:b])
            yield from (f"the config makes {text}" for text in ours[c:d])
