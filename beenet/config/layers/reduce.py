"""Models of beenet's own layers that reduce axes with TensorFlow's `tf.reduce_*`.

TFLearn has no such layers; its users write them with `custom_layer`.
"""

from typing import Annotated, ClassVar

from pydantic import WithJsonSchema

from beenet.config.layers.base import ExampleShape, Layer, ShapeError, find_axis
from beenet.config.structure import table
from beenet.config.values import Name, rule


def _is_axis(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value != 0


_axis_schema = {"type": "integer", "not": {"const": 0}}

Axes = Annotated[
    int | tuple[int, ...],
    rule(
        "an axis counted from 1 behind the batch, or from the end as -1, or a list",
        lambda value: (
            _is_axis(value)
            or (
                isinstance(value, list | tuple)
                and len(value) > 0
                and all(map(_is_axis, value))
            )
        ),
    ),
    WithJsonSchema({"anyOf": [_axis_schema, {"type": "array", "items": _axis_schema}]}),
]
"""One axis or several, counted as in TensorFlow: the batch is 0."""


class _Reduce(Layer):
    axis: Axes
    """Axis or list of axes to reduce; the batch is 0, so an image's rows are 1."""
    keepdims: bool = False
    """Keep the reduced axes, with 1 number each."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return ``shape`` without the reduced axes."""
        axes = (self.axis,) if isinstance(self.axis, int) else self.axis
        gone = [find_axis(axis, shape) for axis in axes]
        if len(set(gone)) < len(gone):
            raise ShapeError(f"{self.yaml_name} is given an axis twice")
        if self.keepdims:
            return tuple(1 if i in gone else n for i, n in enumerate(shape))
        return tuple(n for i, n in enumerate(shape) if i not in gone)


class ReduceMean(_Reduce):
    """The mean along axes."""

    yaml_name: ClassVar[str] = "reduce_mean"
    name: Name = "ReduceMean"
    """Name of the operation."""


class ReduceMax(_Reduce):
    """The largest value along axes."""

    yaml_name: ClassVar[str] = "reduce_max"
    name: Name = "ReduceMax"
    """Name of the operation."""


class ReduceSum(_Reduce):
    """The sum along axes."""

    yaml_name: ClassVar[str] = "reduce_sum"
    name: Name = "ReduceSum"
    """Name of the operation."""


REDUCTIONS = table(ReduceMean, ReduceMax, ReduceSum)
