"""Model of TFLearn's embedding: `tflearn.layers.embedding_ops`."""

from typing import ClassVar

from beenet.config.functions import Initializer, TruncatedNormal
from beenet.config.layers.base import ExampleShape, Layer, need_rank
from beenet.config.structure import table
from beenet.config.values import Count, Name


class Embedding(Layer):
    """A learned vector for each whole number, such as a word's index."""

    yaml_name: ClassVar[str] = "embedding"
    variables: ClassVar[str] = "W"
    input_dim: Count
    """The number of vectors: the examples hold 0 to input_dim - 1."""
    output_dim: Count
    """Length of a vector."""
    validate_indices: bool = False
    """Whether TensorFlow checks the numbers first."""
    weights_init: Initializer = TruncatedNormal()
    """Initializer of the vectors."""
    trainable: bool = True
    """Whether the vectors are learned."""
    restore: bool = True
    """Whether the vectors are restored when training continues from a model."""
    reuse: bool = False
    """Share the vectors of the layer with the same scope."""
    scope: Name | None = None
    """Scope of the vectors; overrides the name."""
    name: Name = "Embedding"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (steps, output_dim)."""
        need_rank(shape, ("steps",), self)
        return (*shape, self.output_dim)


EMBEDDING = table(Embedding)
