"""Models of TFLearn's normalizations: `tflearn.layers.normalization`."""

from typing import Annotated, ClassVar

from pydantic import Field

from beenet.config.layers.base import (
    IMAGE,
    ExampleShape,
    Layer,
    find_axis,
    need_rank,
    need_sides,
)
from beenet.config.structure import table
from beenet.config.values import LARGEST, Fraction, Name, NotNegative, Number


class BatchNormalization(Layer):
    """Mean 0 and variance 1 over the batch, then a learned scale and shift."""

    yaml_name: ClassVar[str] = "batch_normalization"
    beta: Number = 0.0
    """Initial shift."""
    gamma: Number = 1.0
    """Mean of the initial scale."""
    epsilon: NotNegative = 1e-5
    """Added to the variance."""
    decay: Fraction = 0.9
    """How much of the moving mean and variance is kept at each step."""
    stddev: NotNegative = 0.002
    """Standard deviation of the initial scale."""
    trainable: bool = True
    """Whether scale and shift are learned."""
    restore: bool = True
    """Whether the weights are restored when training continues from a model."""
    reuse: bool = False
    """Share the weights of the layer with the same scope."""
    scope: Name | None = None
    """Scope of the weights; overrides the name."""
    name: Name = "BatchNormalization"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return ``shape``, which must have channels."""
        need_sides(shape, self)
        return shape


class LocalResponseNormalization(Layer):
    """Divide each value by a function of its neighbouring channels' squares."""

    yaml_name: ClassVar[str] = "local_response_normalization"
    depth_radius: Annotated[int, Field(ge=0, le=LARGEST)] = 5
    """Number of neighbouring channels on either side."""
    bias: Number = 1.0
    """Added to the sum of squares, so that nothing is divided by 0."""
    alpha: Number = 0.0001
    """Factor of the sum of squares."""
    beta: Number = 0.75
    """Exponent of the divisor."""
    name: Name = "LocalResponseNormalization"
    """Name of the layer."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return ``shape``, which must be an image's."""
        need_rank(shape, IMAGE, self)
        return shape


class L2Normalize(Layer):
    """Divide by the length of the vectors along an axis."""

    yaml_name: ClassVar[str] = "l2_normalize"
    dim: int
    """The axis; the batch is 0, so the units of a fully connected layer are 1."""
    epsilon: NotNegative = 1e-12
    """The smallest squared length, so that nothing is divided by 0."""
    name: Name = "l2_normalize"
    """Name of the layer."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return ``shape``, which must have the axis."""
        find_axis(self.dim, shape)
        return shape


NORMALIZATIONS = table(BatchNormalization, LocalResponseNormalization, L2Normalize)
