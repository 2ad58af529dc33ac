"""Read a whole foreign `.meta`: layers, input, output and training."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beenet.errors import NetworkError
from beenet.network.foreign.chain import config_layers, read_layers
from beenet.network.foreign.compare import ForwardStep, forward
from beenet.network.foreign.ends import find_input, find_output, input_shape
from beenet.network.foreign.graph import Graph
from beenet.network.foreign.reading import parse_graph, read_graph
from beenet.network.foreign.training import FoundTraining, read_training
from beenet.text.words import first_line


@dataclass(frozen=True)
class ForeignModel:
    """A network as read from a `.meta`."""

    shape: tuple[int, ...]
    """The shape of one example."""
    input_name: str
    """The scope of the input."""
    outputs: int
    """The number of outputs for each example."""
    layers: list[dict[str, Any]]
    """The layers as a config writes them."""
    training: FoundTraining
    steps: list[ForwardStep]
    """The forward pass, operation by operation."""


def read_model(path: Path) -> ForeignModel:
    """Read a network from a `.meta` file, as data: nothing in it is run.

    Raises:
        NetworkError: it cannot be read, or contains what beenet does not know.
    """
    graph = read_graph(path)
    try:
        return _read(graph)
    except NetworkError as error:
        raise NetworkError(f"{path} cannot be read: {error}") from None
    except _NONSENSE as error:
        # No node is trusted: an attribute may have any type, or be missing.
        reason = first_line(error)
        raise NetworkError(f"{path} cannot be read: it is damaged ({reason})") from None


_NONSENSE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def _read(graph: Graph) -> ForeignModel:
    first = find_input(graph)
    last = find_output(graph, first)
    found = read_layers(graph, first, last)
    if not found:
        raise NetworkError("there is no layer between its input and its output")
    size = graph.at(last).shape
    if not size or len(size) != 2 or size[1] is None:
        shown = "unknown" if size is None else "x".join(map(str, size[1:]))
        raise NetworkError(
            f"its output {last[0]!r} is of shape {shown}, not one number for each class"
        )
    return ForeignModel(
        shape=input_shape(graph, first),
        input_name=graph.node(first[0]).scope,
        outputs=size[1],
        layers=config_layers(found, first),
        training=read_training(graph),
        steps=forward(graph, first, last),
    )


def forward_of(meta: bytes) -> list[ForwardStep]:
    """Return the forward pass of beenet's own network from its `.meta`."""
    graph = parse_graph(meta)
    first = find_input(graph)
    return forward(graph, first, find_output(graph, first))
