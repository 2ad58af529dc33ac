"""TFLearn's core layers: `tflearn.layers.core`."""

import math
from typing import ClassVar

from beenet.config.functions import Activation, Linear
from beenet.config.layers.base import (
    ExampleShape,
    Layer,
    ShapeError,
    Trained,
    activated,
    show_shape,
)
from beenet.config.values import BatchShape, Count, InputShape, Name, Probability, Shape


class InputData(Layer):
    """The input; implied by the data set, written only to give another shape."""

    tflearn_name: ClassVar[str] = "input_data"
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


class FullyConnected(Trained):
    """Every unit sees every input; what is not a vector is flattened first."""

    tflearn_name: ClassVar[str] = "fully_connected"
    n_units: Count
    """Number of units."""
    bias: bool = True
    """Whether each unit has a bias."""
    name: Name = "FullyConnected"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (n_units,)."""
        return self.activated((self.n_units,))


class Dropout(Layer):
    """In training, zero each input with probability 1 - keep_prob, scale the rest."""

    tflearn_name: ClassVar[str] = "dropout"
    keep_prob: Probability
    """Probability that an input is kept; kept ones are multiplied by 1 / keep_prob."""
    noise_shape: Shape | None = None
    """Shape of the keep-or-drop flags, broadcast over the input."""
    name: Name = "Dropout"
    """Name of the layer."""


class Reshape(Layer):
    """The same numbers in another shape."""

    tflearn_name: ClassVar[str] = "reshape"
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

    tflearn_name: ClassVar[str] = "flatten"
    name: Name = "Flatten"
    """Name of the layer."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return one side with all numbers."""
        return (math.prod(shape),)


class ActivationLayer(Layer):
    """An activation as a layer of its own."""

    tflearn_name: ClassVar[str] = "activation"
    activation: Activation = Linear()
    """The activation."""
    name: Name = "activation"
    """Name of the layer."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return the shape behind the activation."""
        return activated(self.activation, shape)


class Highway(Trained):
    """A fully connected layer that learns how much of its input to let through."""

    tflearn_name: ClassVar[str] = "highway"
    activation: Activation = Linear()
    """Activation of the transformed part."""
    n_units: Count
    """Number of units; the input must have as many."""
    transform_dropout: Probability | None = None
    """Keep probability of the transform gate."""
    name: Name = "FullyConnectedHighway"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (n_units,), of which the input must have as many."""
        if math.prod(shape) != self.n_units:
            raise ShapeError(
                f"highway adds its input to its output: n_units must be "
                f"{math.prod(shape)}, is {self.n_units}"
            )
        return (self.n_units,)
