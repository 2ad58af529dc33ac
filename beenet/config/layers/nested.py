"""Model of a layer within a layer: `tflearn.layers.core.time_distributed`."""

from typing import Annotated, ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import Self

from beenet.config.layers.base import ExampleShape, Layer, ShapeError
from beenet.config.layers.blocks import BLOCKS
from beenet.config.layers.conv import CONVOLUTIONS
from beenet.config.layers.core import CORE
from beenet.config.layers.embedding import EMBEDDING
from beenet.config.layers.normalization import NORMALIZATIONS
from beenet.config.layers.plugins import PLUGINS
from beenet.config.layers.pool import POOLS
from beenet.config.layers.recurrent import RECURRENT
from beenet.config.layers.reduce import REDUCTIONS
from beenet.config.structure import OneOf, table
from beenet.config.values import Name
from beenet.text.values import show_shape

STEP_LAYERS = {
    **CORE,
    **CONVOLUTIONS,
    **POOLS,
    **BLOCKS,
    **NORMALIZATIONS,
    **RECURRENT,
    **EMBEDDING,
    **REDUCTIONS,
}
"""The layers that are allowed within a layer: all that take one tensor."""


class TimeDistributed(Layer):
    """The same layer for each step of a sequence, with separate weights for each."""

    yaml_name: ClassVar[str] = "time_distributed"
    fn: Annotated[Layer, OneOf("a layer for a step", STEP_LAYERS, plugins=PLUGINS)]
    """The layer, with its arguments: ``fully_connected: {n_units: 8}``."""
    scope: Name | None = None
    """Scope of the weights: the first step's is ``scope-0``, and so on."""

    @model_validator(mode="after")
    def _scoped(self) -> Self:
        if self.scope is not None and "scope" not in type(self.fn).model_fields:
            text = f"has a scope, but its {self.fn.yaml_name} takes none"
            raise PydanticCustomError("beenet", text)
        return self

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return the number of steps, then the shape after the layer."""
        if len(shape) < 2:
            raise ShapeError(
                "time_distributed needs examples of shape (steps, ...), gets "
                f"{show_shape(shape)}"
            )
        return (shape[0], *self.fn.output_shape(shape[1:]))


NESTED = table(TimeDistributed)
