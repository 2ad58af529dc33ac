"""Models of TFLearn's layers that merge several outputs: `tflearn.layers.merge_ops`."""

from typing import ClassVar, Literal

from beenet.config.layers.base import ExampleShape, Layer, ShapeError, find_axis
from beenet.config.values import Name
from beenet.text.values import show_shape


class _Many(Layer):
    takes_many: ClassVar[bool] = True


class Merge(_Many):
    """Several layers' outputs joined along an axis, or combined number by number."""

    yaml_name: ClassVar[str] = "merge"
    mode: Literal[
        "concat", "elemwise_sum", "elemwise_mul",
        "sum", "mean", "prod", "max", "min", "and", "or",
    ]  # fmt: skip
    """concat joins along the axis; elemwise_sum and elemwise_mul combine number by
    number; the others join along the axis and reduce it to one number."""
    axis: int = 1
    """The axis, the batch being 0: of images 1 is height, 2 width, 3 channels."""
    name: Name = "Merge"
    """Name of the layer."""

    def output_shape(self, *shapes: ExampleShape) -> ExampleShape:
        """Return the shape that the mode makes of the incoming shapes."""
        if self.mode in {"and", "or"}:
            raise ShapeError(f"mode {self.mode} needs truth values, which no layer has")
        if self.mode.startswith("elemwise"):
            return _spread(shapes)
        axis = find_axis(self.axis, shapes[0]) + 1
        joined = _joined(shapes, axis)
        if self.mode == "concat":
            return joined
        return joined[: axis - 1] + joined[axis:]


class MergeOutputs(_Many):
    """Several layers' outputs joined along the first axis after the batch."""

    yaml_name: ClassVar[str] = "merge_outputs"
    name: Name = "MergeOutputs"
    """Name of the layer."""

    def output_shape(self, *shapes: ExampleShape) -> ExampleShape:
        """Return the shape with the sum of the first sides."""
        return _joined(shapes, 1)


def _joined(shapes: tuple[ExampleShape, ...], axis: int) -> ExampleShape:
    first = shapes[0]
    for shape in shapes[1:]:
        _same_rank(first, shape)
        apart = [i for i, side in enumerate(shape, 1) if side != first[i - 1]]
        if set(apart) - {axis}:
            text = (
                f"{show_shape(first)} and {show_shape(shape)} cannot be joined along "
                f"axis {axis}: all other sides must be equal"
            )
            if len(apart) == 1:
                text += f"; did you mean axis: {apart[0]}?"
            raise ShapeError(text)
    side = sum(shape[axis - 1] for shape in shapes)
    return (*first[: axis - 1], side, *first[axis:])


def _spread(shapes: tuple[ExampleShape, ...]) -> ExampleShape:
    """Return the shape of a sum; a side of 1 is broadcast to any other."""
    spread = shapes[0]
    for shape in shapes[1:]:
        _same_rank(spread, shape)
        if any(a != b and 1 not in (a, b) for a, b in zip(spread, shape, strict=True)):
            raise ShapeError(
                f"{show_shape(spread)} and {show_shape(shape)} cannot be combined "
                "number by number: their sides must be equal, or 1"
            )
        spread = tuple(max(pair) for pair in zip(spread, shape, strict=True))
    return spread


def _same_rank(first: ExampleShape, second: ExampleShape) -> None:
    if len(first) != len(second):
        raise ShapeError(
            f"{show_shape(first)} and {show_shape(second)} cannot be merged: "
            "they need as many sides"
        )
