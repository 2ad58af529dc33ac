"""Read a layer's variables from a graph: initializers, regularizers, decay."""

import math
from functools import cached_property
from typing import Any

from beenet.network.foreign.graph import Graph, Node, Ref
from beenet.network.foreign.patterns import match
from beenet.network.foreign.reading import as_written


class Variables:
    """The variables of a graph, looked up once."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def trainable(self, variable: Node) -> bool:
        """Return whether a variable is trainable; True if the file does not say."""
        known = self.graph.collections.get("trainable_variables")
        return known is None or variable.name in known

    def penalty(self, variable: Node) -> dict[str, Any]:
        """Return the regularizer on a variable and its weight decay, if any."""
        return self._penalties.get(variable.name, {})

    @cached_property
    def _penalties(self) -> dict[str, dict[str, Any]]:
        found = {}
        for node in self.graph.nodes.values():
            for kind, pattern in _PENALTIES.items():
                if node.op != "Mul" or not node.name.endswith(f"{kind}-Loss"):
                    continue
                parts = match(self.graph, pattern, (node.name, 0))
                decay = self.graph.number(parts["decay"]) if parts else None
                if parts and decay is not None:
                    name = parts["W"][0]
                    found[name] = {"regularizer": kind, "weight_decay": decay}
        return found

    @cached_property
    def _starts(self) -> dict[str, Ref]:
        """The initial value of each variable."""
        return {
            self.graph.follow(node.inputs[0])[0]: node.inputs[1]
            for node in self.graph.nodes.values()
            if node.op in ("Assign", "AssignVariableOp")
            and len(node.inputs) == 2
            and node.name.endswith("/Assign")
        }

    def decay(self, average: Ref) -> float | None:
        """Return the decay of a moving average: the part kept at each step."""
        factor = self._averages.get(average[0])
        return None if factor is None else as_written(1 - factor)

    @cached_property
    def _averages(self) -> dict[str, float]:
        found = {}
        for node in self.graph.nodes.values():
            if node.op not in ("AssignSub", "AssignSubVariableOp"):
                continue
            parts = match(self.graph, ("Mul", "difference", "factor"), node.inputs[1])
            factor = self.graph.number(parts["factor"]) if parts else None
            if factor is not None:
                found[self.graph.follow(node.inputs[0])[0]] = factor
        return found

    def initializer(self, variable: Node) -> Any:
        """Return TFLearn's initializer as a config writes it, or None."""
        start = self._starts.get(variable.name)
        shape = variable.attributes.get("shape")
        if start is None or not shape or None in shape:
            return None
        if self.graph.number(start) == 0:
            return "zeros"
        if parts := match(self.graph, _UNIFORM, start):
            low, high = (self.graph.number(parts[key]) for key in ("low", "high"))
            if low is not None and high is not None:
                return _uniform(low, high, shape)
        for kind, pattern in _NORMAL.items():
            if parts := match(self.graph, pattern, start):
                mean, stddev = (self.graph.number(parts[k]) for k in ("mean", "stddev"))
                if mean is not None and stddev is not None:
                    return _normal(kind, mean, stddev, shape)
        return None

    def start(self, variable: Node) -> float | None:
        """Return the number with which a variable is initially filled."""
        start = self._starts.get(variable.name)
        return None if start is None else self.graph.number(start)

    def spread(self, variable: Node) -> tuple[float | None, float | None]:
        """Return mean and standard deviation of a variable's normal initializer."""
        start = self._starts.get(variable.name)
        parts = match(self.graph, _NORMAL["normal"], start) if start else None
        if parts is None:
            return None, None
        return self.graph.number(parts["mean"]), self.graph.number(parts["stddev"])


_PENALTIES = {
    "L2": ("Mul", ("L2Loss", "W"), "decay"),
    "L1": ("Mul", ("Sum", ("Abs", "W"), "axes"), "decay"),
}
_UNIFORM = (
    "Add",
    ("Mul", ("RandomUniform", "shape"), ("Sub", "high", "low")),
    "low",
)
_NORMAL = {
    "truncated_normal": (
        "Add",
        ("Mul", ("TruncatedNormal", "shape"), "stddev"),
        "mean",
    ),
    "normal": (
        "Add",
        ("Mul", ("RandomStandardNormal", "shape"), "stddev"),
        "mean",
    ),
}


def _fans(shape: tuple[int, ...]) -> dict[str, float]:
    field = math.prod(shape[:-2])
    fan_in, fan_out = shape[-2 if len(shape) > 1 else -1] * field, shape[-1] * field
    return {"FAN_IN": fan_in, "FAN_OUT": fan_out, "FAN_AVG": (fan_in + fan_out) / 2}


def _near(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-5)


def _uniform(low: float, high: float, shape: tuple[int, ...]) -> Any:
    """Name a uniform initializer: by its bounds, unless a formula of TFLearn's fits."""
    if low == -high:
        fans = _fans(shape)
        if _near(high, math.sqrt(3 / math.prod(shape[:-1]))):
            return "uniform_scaling"
        if _near(high, math.sqrt(3 / fans["FAN_AVG"])):
            return "xavier"
        for mode, fan in fans.items():
            if _near(high, math.sqrt(6 / fan)):
                return {"variance_scaling": _given(mode=mode, uniform=True)}
    return {"uniform": {"minval": low, "maxval": high}}


def _normal(kind: str, mean: float, stddev: float, shape: tuple[int, ...]) -> Any:
    if kind == "truncated_normal" and mean == 0 and stddev != 0.02:
        fans = _fans(shape)
        if _near(stddev, math.sqrt(1.3 / fans["FAN_AVG"])):
            return {"xavier": {"uniform": False}}
        for mode, fan in fans.items():
            if _near(stddev, math.sqrt(2.6 / fan)):
                given = _given(mode=mode)
                return {"variance_scaling": given} if given else "variance_scaling"
    given = {} if mean == 0 else {"mean": mean}
    if stddev != 0.02:
        given["stddev"] = stddev
    return {kind: given} if given else kind


def _given(mode: str, **others: Any) -> dict[str, Any]:
    return {**({} if mode == "FAN_IN" else {"mode": mode}), **others}
