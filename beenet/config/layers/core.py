"""Models of TFLearn's core layers: `tflearn.layers.core`."""

import math
from typing import ClassVar

from beenet.config.functions import Activation, Linear
from beenet.config.layers.base import (
    ExampleShape,
    Layer,
    ShapeError,
    WeightedLayer,
    activated,
    need_sides,
    refuse_crelu,
)
from beenet.config.structure import table
from beenet.config.values import (
    BatchShape,
    Count,
    InputShape,
    Name,
    Number,
    Probability,
    Shape,
)
from beenet.text.values import show_shape


class InputData(Layer):
    """The input; implied by the data set, needed only for another shape."""

    yaml_name: ClassVar[str] = "input_data"
    shape: InputShape
    """Shape of one example; as many numbers as the data set's examples have."""
    name: Name = "InputData"
    """Name of the layer."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return its own shape, which must hold as many numbers as an example."""
        if math.prod(shape) != math.prod(self.shape):
            raise ShapeError(
                f"a shape of {show_shape(self.shape)} does not fit the data's "
                f"{show_shape(shape)}"
            )
        return self.shape


class FullyConnected(WeightedLayer):
    """Every unit sees every input; an input that is not a vector is flattened first."""

    yaml_name: ClassVar[str] = "fully_connected"
    n_units: Count
    """Number of units."""
    bias: bool = True
    """Whether each unit has a bias."""
    name: Name = "FullyConnected"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (n_units,)."""
        need_sides(shape, self)
        return self.activated((self.n_units,))


class Dropout(Layer):
    """In training, zero each input with probability 1 - keep_prob, scale the rest."""

    yaml_name: ClassVar[str] = "dropout"
    keep_prob: Probability
    """Probability that an input is kept; kept ones are multiplied by 1 / keep_prob."""
    noise_shape: Shape | None = None
    """Shape of the keep-or-drop flags, the batch's 1 first, broadcast over the input:
    [1, 1, 1, 20] keeps or drops each of 20 channels as a whole."""
    name: Name = "Dropout"
    """Name of the layer."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return ``shape``, over which the flags must be broadcast."""
        flags, sides = self.noise_shape or (), (1, *shape)
        behind = zip(reversed(flags), reversed(sides), strict=False)
        if len(flags) > len(sides) or any(n not in (1, side) for n, side in behind):
            raise ShapeError(
                f"noise_shape {show_shape(flags)} cannot be broadcast over a batch of "
                f"{show_shape(shape)}: it needs 1 for the batch, and 1 or the whole "
                "side for each side"
            )
        return shape


class Reshape(Layer):
    """The same numbers in another shape."""

    yaml_name: ClassVar[str] = "reshape"
    new_shape: BatchShape
    """New shape, beginning with -1 for the batch: [-1, 50, 80, 1]."""
    name: Name = "Reshape"
    """Name of the layer."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return the new shape, which must hold as many numbers as the old."""
        new = self.new_shape[1:]
        if math.prod(shape) != math.prod(new):
            raise ShapeError(
                f"{show_shape(shape)} ({math.prod(shape)} numbers) cannot become "
                f"{show_shape(new)} ({math.prod(new)} numbers)"
            )
        return new


class Flatten(Layer):
    """All numbers of an example in one row."""

    yaml_name: ClassVar[str] = "flatten"
    name: Name = "Flatten"
    """Name of the layer."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return one side with all numbers."""
        need_sides(shape, self)
        return (math.prod(shape),)


class ActivationLayer(Layer):
    """An activation as a separate layer."""

    yaml_name: ClassVar[str] = "activation"
    activation: Activation = Linear()
    """The activation."""
    name: Name = "activation"
    """Name of the layer."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return the shape after the activation."""
        return activated(self.activation, shape)


class Highway(WeightedLayer):
    """A fully connected layer that learns how much of its input to pass through."""

    yaml_name: ClassVar[str] = "highway"
    activation: Activation = Linear()
    """Activation of the transformed part."""
    n_units: Count
    """Number of units; the input must have as many."""
    transform_dropout: Probability | None = None
    """Keep probability of the transform gate."""
    name: Name = "FullyConnectedHighway"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (n_units,); the input must have as many values."""
        need_sides(shape, self)
        refuse_crelu(self.activation, self)
        if math.prod(shape) != self.n_units:
            raise ShapeError(
                f"highway adds its input to its output: n_units must be "
                f"{math.prod(shape)}, is {self.n_units}"
            )
        return (self.n_units,)


class SingleUnit(Layer):
    """One weight and one bias for examples of a single number: y = x * W + b.

    Its output has no axis but the batch: the next layer needs it reshaped to [-1, 1].
    """

    yaml_name: ClassVar[str] = "single_unit"
    variables: ClassVar[str] = "W"
    activation: Activation = Linear()
    """Activation of the output."""
    bias: bool = True
    """Whether there is a bias."""
    trainable: bool = True
    """Whether the weights are learned."""
    restore: bool = True
    """Whether the weights are restored when training continues from a model."""
    reuse: bool = False
    """Share the weights of the layer with the same scope."""
    scope: Name | None = None
    """Scope of the weights; overrides the name."""
    name: Name = "Linear"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (), a single number, which the input must be too."""
        refuse_crelu(self.activation, self)
        if math.prod(shape) != 1:
            raise ShapeError(
                f"single_unit needs examples of a single number, gets "
                f"{show_shape(shape)}; use fully_connected"
            )
        return ()


class OneHotEncoding(Layer):
    """A row of zeros with a single one for each whole number, such as a class index."""

    yaml_name: ClassVar[str] = "one_hot_encoding"
    n_classes: Count
    """The number of classes: the examples hold 0 to n_classes - 1."""
    on_value: Number = 1.0
    """The value at the number's index."""
    off_value: Number = 0.0
    """The value elsewhere."""
    name: Name = "OneHotEncoding"
    """Name of the layer."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return ``shape`` with a further side of n_classes."""
        return (*shape, self.n_classes)


CORE = table(
    FullyConnected, Dropout, Reshape, Flatten, ActivationLayer, SingleUnit, Highway,
    OneHotEncoding,
)  # fmt: skip
