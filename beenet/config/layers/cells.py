"""Models of TFLearn's recurrent cells, for `bidirectional_rnn`."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from beenet.config.functions import Activation, Initializer, Sigmoid, Tanh
from beenet.config.structure import Component, OneOf, table
from beenet.config.values import Count, Number


def _true(value: bool) -> bool:
    if not value:
        text = "must stay true: TFLearn's recurrent cells have biases whatever it says"
        raise PydanticCustomError("beenet", text)
    return value


HasBias = Annotated[bool, AfterValidator(_true), WithJsonSchema({"const": True})]
"""TFLearn accepts the argument, but ignores it."""


class Cell(Component):
    """A recurrent cell by the name of TFLearn's class."""

    num_units: Count
    """Number of units."""
    activation: Activation = Tanh()
    """Activation of the outputs."""
    bias: HasBias = True
    """Must stay true: TFLearn's cells always have biases."""
    weights_init: Initializer | None = None
    """Initializer of the weights; TensorFlow's Glorot uniform one if not given."""
    trainable: bool = True
    """Whether the weights are learned."""
    restore: bool = True
    """Whether the weights are restored when training continues from a model."""
    reuse: bool = False
    """Share the weights of the cell in the same scope."""


class BasicRNNCell(Cell):
    """The cell of `simple_rnn`."""

    yaml_name: ClassVar[str] = "BasicRNNCell"


class BasicLSTMCell(Cell):
    """The cell of `lstm`."""

    yaml_name: ClassVar[str] = "BasicLSTMCell"
    forget_bias: Number = 1.0
    """Added to the forget gate's bias, so that the cell forgets little at first."""
    inner_activation: Activation = Sigmoid()
    """Activation of the gates."""
    batch_norm: bool = False
    """Whether batch normalization is applied to gates and memory."""


class GRUCell(Cell):
    """The cell of `gru`."""

    yaml_name: ClassVar[str] = "GRUCell"
    inner_activation: Activation = Sigmoid()
    """Activation of the gates."""


CELLS = table(BasicRNNCell, BasicLSTMCell, GRUCell)

AnyCell = Annotated[
    Cell,
    OneOf(
        "a recurrent cell",
        CELLS,
        aliases={
            "basic_rnn": "BasicRNNCell",
            "basic_lstm": "BasicLSTMCell",
            "gru": "GRUCell",
        },
    ),
]
