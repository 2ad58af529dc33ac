"""Compute how much of the input one output sees, from the graph's operations.

A window of k (its dilation included) widens the field by (k - 1) times the product of
all strides before it: Araujo, Norris and Sim (2019), "Computing Receptive Fields of
Convolutional Neural Networks". Where paths meet, the longest counts.
"""

from collections.abc import Iterable
from typing import Any

Field = tuple[tuple[int, ...], tuple[int, ...]]
"""For each side: the number of positions seen, and the distance between outputs."""

_WINDOWS = {"Conv2D", "Conv3D", "DepthwiseConv2dNative"}
_POOLS = {"MaxPool", "AvgPool", "MaxPool3D", "AvgPool3D"}
_KEEP = {
    "Abs", "Add", "AddN", "AddV2", "BiasAdd", "Cast", "ConcatV2", "Div", "Elu", "Erf",
    "Exp", "ExpandDims", "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3",
    "Greater", "GreaterEqual", "Identity", "If", "LRN", "LeakyRelu", "Maximum",
    "Minimum", "Mul", "Neg", "Pad", "PadV2", "RealDiv", "Relu", "Relu6", "Rsqrt",
    "Select", "SelectV2", "Selu", "Sigmoid", "Softmax", "Softplus", "Softsign",
    "Split", "SplitV", "Squeeze", "Square", "StatelessIf", "Sub", "Tanh",
}  # fmt: skip
"""Operations whose outputs depend only on the input at the same position."""

_ASIDE = {"Shape", "ShapeN", "Size", "Rank"}
"""Operations that do not depend on a tensor's values."""


class ReceptiveFields:
    """The receptive field of every tensor of a graph with one image or sequence."""

    def __init__(self, operations: Iterable[Any]) -> None:
        """Process the operations in the order in which they were made."""
        self.fields: dict[str, Field | None] = {}
        for operation in operations:
            if operation.type == "Placeholder":
                rank = operation.outputs[0].shape.rank
                ones = (1,) * (2 if rank == 3 else (rank or 2) - 2)
                self._set(operation, (ones, ones) if ones else None)
            elif operation.type not in _ASIDE:
                self._follow(operation)

    def of(self, tensor: Any) -> tuple[int, ...] | None:
        """Return the number of positions that a tensor's elements see; None for all."""
        if isinstance(tensor, list | tuple):
            return None
        field = self.fields.get(tensor.name)
        if field is None:
            return None
        # Convolutions process a sequence as an image of width 1.
        return field[0][:1] if tensor.shape.rank == 3 else field[0]

    def _follow(self, operation: Any) -> None:
        names = [tensor.name for tensor in operation.inputs]
        come = [self.fields[name] for name in names if name in self.fields]
        if not come:
            return
        known = [field for field in come if field is not None]
        joined = None
        if len(known) == len(come) and len({len(field[0]) for field in known}) == 1:
            joined = _join(known)
        if joined is not None and operation.type in _WINDOWS | _POOLS:
            joined = _widen(joined, operation)
        elif operation.type not in _KEEP:
            joined = None
        self._set(operation, joined)

    def _set(self, operation: Any, field: Field | None) -> None:
        for tensor in operation.outputs:
            self.fields[tensor.name] = field


def _join(fields: list[Field]) -> Field:
    sizes = tuple(map(max, zip(*(size for size, _ in fields), strict=True)))
    jumps = tuple(map(max, zip(*(jump for _, jump in fields), strict=True)))
    return sizes, jumps


def _widen(field: Field, operation: Any) -> Field | None:
    sizes, jumps = field
    strides = operation.get_attr("strides")[1:-1]
    if operation.type in _POOLS:
        windows = operation.get_attr("ksize")[1:-1]
    else:
        dilations = operation.get_attr("dilations")[1:-1]
        filters = operation.inputs[1].shape.as_list()[: len(strides)]
        windows = [
            (side - 1) * apart + 1
            for side, apart in zip(filters, dilations, strict=True)
        ]
    if len(strides) != len(sizes):
        return None
    wider = (s + (w - 1) * j for s, w, j in zip(sizes, windows, jumps, strict=True))
    return tuple(wider), tuple(j * s for j, s in zip(jumps, strides, strict=True))
