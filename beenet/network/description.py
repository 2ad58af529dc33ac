"""A network's layers and sizes in numbers; does not import TensorFlow."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LayerDescription:
    """One layer of a built network."""

    name: str
    """The name under which its variables are saved."""
    kind: str
    """TFLearn's name of the layer type."""
    sources: tuple[str, ...]
    """The names of its input layers; ``input`` for the net's input."""
    shape: tuple[int | None, ...]
    """The shape of its output for one example; None for a side that varies."""
    trainable: int
    """The number of trainable parameters."""
    fixed: int
    """The number of saved parameters that are not trained, such as batch averages."""
    macs: int | None
    """Multiply-adds of its products for one example; None if unknown."""
    receptive_field: tuple[int, ...] | None
    """The number of input positions one output sees along each side; None if all."""

    @property
    def numbers(self) -> int:
        """The number of elements of its output for one example."""
        return math.prod(side or 1 for side in self.shape)


@dataclass(frozen=True)
class Description:
    """A network layer by layer, and its totals."""

    title: str
    """The config or the model."""
    shape: tuple[int, ...]
    """The shape of one example as it is fed."""
    layers: tuple[LayerDescription, ...]
    """In the order in which they are built."""
    weights_bytes: int
    """Size of the weights as they are saved."""
    model_bytes: int | None = None
    """Size of all files of the `.tfl`, including optimizer slots and graph."""

    @property
    def trainable(self) -> int:
        """The number of trainable parameters."""
        return sum(layer.trainable for layer in self.layers)

    @property
    def fixed(self) -> int:
        """The number of saved parameters that are not trained."""
        return sum(layer.fixed for layer in self.layers)

    @property
    def macs(self) -> int | None:
        """Multiply-adds for one example; None if a layer's are unknown."""
        return _sum(layer.macs for layer in self.layers)

    @property
    def receptive_field(self) -> tuple[int, ...] | None:
        """The largest of all layers', along the longest path; None if none is known."""
        known = [layer.receptive_field for layer in self.layers]
        fields = [field for field in known if field is not None]
        return max(fields, key=math.prod, default=None)

    @property
    def activation_bytes(self) -> int:
        """Memory of all layers' outputs for one example, as float32."""
        return 4 * sum(layer.numbers for layer in self.layers)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return {
            "title": self.title,
            "input_shape": list(self.shape),
            "layers": [
                {
                    "name": layer.name,
                    "kind": layer.kind,
                    "from": list(layer.sources),
                    "shape": list(layer.shape),
                    "trainable": layer.trainable,
                    "non_trainable": layer.fixed,
                    "macs": layer.macs,
                    "receptive_field": _listed(layer.receptive_field),
                }
                for layer in self.layers
            ],
            "trainable": self.trainable,
            "non_trainable": self.fixed,
            "macs": self.macs,
            "receptive_field": _listed(self.receptive_field),
            "weights_bytes": self.weights_bytes,
            "model_bytes": self.model_bytes,
            "activation_bytes_per_example": self.activation_bytes,
        }


def _sum(counts: Iterable[int | None]) -> int | None:
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


def _listed(field: tuple[int, ...] | None) -> list[int] | None:
    return None if field is None else list(field)
