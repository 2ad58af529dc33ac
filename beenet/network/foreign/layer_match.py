"""The result of a reader: a layer with TFLearn's arguments, and its inputs."""

from dataclasses import dataclass
from typing import Any

from beenet.network.foreign.graph import Ref


@dataclass(frozen=True)
class LayerMatch:
    """A layer in a graph."""

    kind: str
    """TFLearn's name of the layer."""
    arguments: dict[str, Any]
    """Its arguments as a config writes them, without its name."""
    name: str
    """Its scope in the graph."""
    inputs: tuple[Ref, ...]
    """The values that it takes, as followed."""
