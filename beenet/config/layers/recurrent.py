"""Models of TFLearn's recurrent layers: `tflearn.layers.recurrent`."""

from typing import Annotated, ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import Self

from beenet.config.functions import Activation, Initializer, Sigmoid, Tanh
from beenet.config.layers.base import (
    ExampleShape,
    Layer,
    need_rank,
    refuse_crelu,
)
from beenet.config.layers.cells import AnyCell, HasBias
from beenet.config.structure import table
from beenet.config.values import Count, Name, Number, Probability, a_list

STEPS = ("steps", "features")

KeepBoth = Annotated[tuple[Probability, Probability], a_list(2)]
"""Keep probabilities of a cell's inputs and of its outputs."""


class _Recurrent(Layer):
    n_units: Count
    """Number of units."""
    dropout: Probability | KeepBoth | None = None
    """Keep probability of each step's inputs and outputs, or a list of the two."""
    bias: HasBias = True
    """Must stay true: TFLearn's cells always have biases."""
    weights_init: Initializer | None = None
    """Initializer of the weights; TensorFlow's Glorot uniform one if not given."""
    return_seq: bool = False
    """Return the output of every step, instead of only the last one's."""
    dynamic: bool = False
    """Stop at the first step of zeros alone, with which short sequences are filled."""
    trainable: bool = True
    """Whether the weights are learned."""
    restore: bool = True
    """Whether the weights are restored when training continues from a model."""
    reuse: bool = False
    """Share the weights of the layer with the same scope."""
    scope: Name | None = None
    """Scope of the weights; overrides the name."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (n_units,), or with return_seq (steps, n_units)."""
        need_rank(shape, STEPS, self)
        for key in ("activation", "inner_activation"):
            refuse_crelu(getattr(self, key, None), self)
        return (shape[0], self.n_units) if self.return_seq else (self.n_units,)


class SimpleRNN(_Recurrent):
    """Units that see the input of each step and their own last output."""

    yaml_name: ClassVar[str] = "simple_rnn"
    activation: Activation = Sigmoid()
    """Activation of the outputs."""
    name: Name = "SimpleRNN"
    """Name of the layer and of its weights in the saved file."""


class LSTM(_Recurrent):
    """Long short-term memory (Hochreiter and Schmidhuber 1997)."""

    yaml_name: ClassVar[str] = "lstm"
    activation: Activation = Tanh()
    """Activation of the outputs and of the candidate memory."""
    inner_activation: Activation = Sigmoid()
    """Activation of the gates."""
    forget_bias: Number = 1.0
    """Added to the forget gate's bias, so that the cell forgets little at first."""
    name: Name = "LSTM"
    """Name of the layer and of its weights in the saved file."""


class GRU(_Recurrent):
    """Gated recurrent units (Cho et al. 2014)."""

    yaml_name: ClassVar[str] = "gru"
    activation: Activation = Tanh()
    """Activation of the candidates."""
    inner_activation: Activation = Sigmoid()
    """Activation of the gates."""
    name: Name = "GRU"
    """Name of the layer and of its weights in the saved file."""


class BidirectionalRNN(Layer):
    """Two cells, one of which reads the sequence from its end."""

    yaml_name: ClassVar[str] = "bidirectional_rnn"
    rnncell_fw: AnyCell
    """The cell that reads forwards: ``BasicLSTMCell: {num_units: 32}``."""
    rnncell_bw: AnyCell
    """The cell that reads backwards, with as many units."""
    return_seq: bool = False
    """Return the outputs of every step, instead of only the last one's."""
    dynamic: bool = False
    """Stop at the first step of zeros alone, with which short sequences are filled."""
    scope: Name | None = None
    """Scope of the weights; overrides the name."""
    name: Name = "BiRNN"
    """Name of the layer and of its weights in the saved file."""

    @model_validator(mode="after")
    def _equal(self) -> Self:
        forwards, backwards = self.rnncell_fw.num_units, self.rnncell_bw.num_units
        if forwards != backwards:
            text = f"needs as many units both ways, got {forwards} and {backwards}"
            raise PydanticCustomError("beenet", text)
        return self

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (2 * num_units,), or with return_seq (steps, 2 * num_units)."""
        need_rank(shape, STEPS, self)
        for cell in (self.rnncell_fw, self.rnncell_bw):
            for key in ("activation", "inner_activation"):
                refuse_crelu(getattr(cell, key, None), cell)
        units = 2 * self.rnncell_fw.num_units
        return (shape[0], units) if self.return_seq else (units,)


RECURRENT = table(SimpleRNN, LSTM, GRU, BidirectionalRNN)
