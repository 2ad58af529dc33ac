"""Count the multiply-adds of a graph's convolutions and matrix products."""

import math
from collections.abc import Iterable
from typing import Any

_CONVOLUTIONS = {"Conv2D", "Conv3D"}
_TRANSPOSED = {"Conv2DBackpropInput", "Conv3DBackpropInputV2"}
_PRODUCTS = {"MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"}
_LOOPS = {"While", "StatelessWhile"}


def macs_of(operations: Iterable[Any]) -> int | None:
    """Return the multiply-adds of operations for one example.

    Padding is counted as data, because it is computed. Other operations (biases,
    activations, pools, normalization) are not counted.

    Args:
        operations: of a graph; an unknown first side is the batch.

    Returns:
        None if a side is unknown, or if there is a loop of unknown length.
    """
    total = 0
    for operation in operations:
        if operation.type in _LOOPS:
            return None
        count = _count(operation)
        if count is None:
            return None
        total += count
    return total


def _count(operation: Any) -> int | None:
    kind = operation.type
    if kind in _CONVOLUTIONS:
        # Each output is a sum over a patch: the filter's shape without its last side.
        return _product(_sides(operation.outputs[0]), _kernel(operation)[:-1])
    if kind == "DepthwiseConv2dNative":
        return _product(_sides(operation.outputs[0]), _kernel(operation)[:2])
    if kind in _TRANSPOSED:
        # The filter's sides are [..., outputs, inputs]; each input meets all outputs.
        return _product(_sides(operation.inputs[2]), _kernel(operation)[:-1])
    if kind in _PRODUCTS:
        turned = operation.get_attr("transpose_a" if kind == "MatMul" else "adj_x")
        inner = operation.inputs[0].shape.as_list()[-2 if turned else -1]
        return _product(_sides(operation.outputs[0]), [inner])
    return 0


def _kernel(operation: Any) -> list[int | None]:
    sides: list[int | None] = operation.inputs[1].shape.as_list()
    return sides


def _sides(tensor: Any) -> list[int | None]:
    """Return a tensor's sides for one example."""
    batch, *sides = tensor.shape.as_list()
    return sides if batch is None else [batch, *sides]


def _product(*parts: list[int | None]) -> int | None:
    sides = [side for part in parts for side in part]
    return None if None in sides else math.prod(side or 0 for side in sides)
