"""Patterns of operations in a graph, and those of TFLearn's activations."""

from typing import Any

from beenet.network.foreign.graph import Graph, Node, Ref

Pattern = Any
"""``("Relu", "x")``: an op, by its older name, and what each input must match: another
pattern, a word that captures the input, or a number that it must equal. ``"A|B"``
matches either op. A word used twice must capture the same value."""


def match(graph: Graph, pattern: Pattern, ref: Ref) -> dict[str, Ref] | None:
    """Return the values captured by a pattern's words; None if it does not match."""
    found: dict[str, Ref] = {}
    return found if _match(graph, pattern, ref, found) else None


def _match(graph: Graph, pattern: Pattern, ref: Ref, found: dict[str, Ref]) -> bool:
    if isinstance(pattern, str):
        ref = graph.follow(ref)
        return found.setdefault(pattern, ref) == ref
    if isinstance(pattern, int | float):
        number = graph.number(ref)
        return number is not None and abs(number - pattern) <= 1e-5 * abs(pattern)
    op, *inputs = pattern
    node = graph.at(ref)
    return (
        node.op in op.split("|")
        and len(node.inputs) == len(inputs)
        and all(
            _match(graph, part, source, found)
            for part, source in zip(inputs, node.inputs, strict=True)
        )
    )


_TANH_OF_GELU = (
    "Tanh",
    ("Mul", ("Sqrt", 0.63661977), ("Add", "x", ("Mul", 0.044715, ("Pow", "x", 3.0)))),
)
ACTIVATIONS: list[tuple[str, Pattern]] = [
    ("crelu", ("Relu", ("ConcatV2", "x", ("Neg", "x"), "axis"))),
    ("relu", ("Relu", "x")),
    ("tanh", ("Tanh", "x")),
    ("sigmoid", ("Sigmoid", "x")),
    ("softmax", ("Softmax", "x")),
    ("softplus", ("Softplus", "x")),
    ("softsign", ("Softsign", "x")),
    ("relu6", ("Relu6", "x")),
    ("elu", ("Elu", "x")),
    ("selu", ("Selu", "x")),
    (
        "leaky_relu",
        ("Sub", ("Relu", "x"), ("Mul", "alpha", ("Relu", ("Neg", "x")))),
    ),
    (
        "prelu",
        (
            "Add",
            ("Relu", "x"),
            ("Mul", ("Mul", "alphas", ("Sub", "x", ("Abs", "x"))), 0.5),
        ),
    ),
    ("gelu", ("Mul", ("Mul", 0.5, "x"), ("Add", 1.0, _TANH_OF_GELU))),
    (
        "hard_sigmoid",
        (
            "Maximum",
            ("Minimum", ("Add", ("Mul", "x", 0.2), 0.5), 1.0),
            0.0,
        ),
    ),
]
"""The pattern of each of TFLearn's activations of ``x``; the first match counts."""


def activation(graph: Graph, ref: Ref) -> tuple[Any, Ref, Node] | None:
    """Return the activation that computes a value, as a config writes it.

    Returns:
        The activation, the value to which it is applied, and its last node; or None.
    """
    for name, pattern in ACTIVATIONS:
        if (found := match(graph, pattern, ref)) is None:
            continue
        written: Any = name
        if name == "leaky_relu":
            alpha = graph.number(found["alpha"])
            written = name if alpha == 0.1 else {name: {"alpha": alpha}}
        elif name == "prelu":
            alphas = graph.at(found["alphas"])
            if alphas.attributes.get("shape") == (1,) != _last(graph, found["x"]):
                written = {name: {"channel_shared": True}}
        return written, found["x"], graph.at(ref)
    return None


def _last(graph: Graph, ref: Ref) -> tuple[int | None, ...] | None:
    shape = graph.at(ref).shape
    return shape[-1:] if shape else None
