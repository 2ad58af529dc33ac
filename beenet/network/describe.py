"""Describe a network, measured on the graph that TFLearn builds."""

from collections.abc import Sequence
from typing import Any

from beenet.config import Config
from beenet.config.graph import THE_INPUT
from beenet.network.build import build_layers, fed_shape
from beenet.network.description import Description, LayerDescription
from beenet.network.macs import macs_of
from beenet.network.receptive import ReceptiveFields
from beenet.tflearn_backend import quiet_stderr, tf, tflearn


def describe(config: Config, shape: Sequence[int], title: str) -> Description:
    """Build a config's layers, without weights or session, and measure them.

    Args:
        config: the network.
        shape: the shape of one example of its data.
        title: the description's title.

    Raises:
        NetworkError: TensorFlow rejects a layer, which the message names.
    """
    fed = fed_shape(config, shape)
    with quiet_stderr(), tf.Graph().as_default() as graph:
        tflearn.config.init_training_mode()
        ends: list[int] = []
        tensors = build_layers(
            config.nodes, fed, built=lambda: ends.append(len(graph.get_operations()))
        )
        measured = _Measured(graph, ends)
    names = {THE_INPUT: "input"}
    layers = []
    for number, node in enumerate(config.nodes):
        tensor = tensors[number]
        names[number] = _name(tensor, node.layer)
        layers.append(
            LayerDescription(
                name=names[number],
                kind=node.kind,
                sources=tuple(names[source] for source in node.inputs),
                shape=_shape(tensor),
                trainable=measured.count(number, trainable=True),
                fixed=measured.count(number, trainable=False),
                macs=macs_of(measured.operations(number)),
                receptive_field=measured.fields.of(tensor),
            )
        )
    return Description(title, fed, tuple(layers), measured.weights_bytes)


class _Measured:
    """The operations and variables of a graph, grouped by layer."""

    def __init__(self, graph: Any, ends: Sequence[int]) -> None:
        with graph.as_default():
            variables = tf.global_variables()
            learned = {v.op for v in tf.trainable_variables()}
        self.all_operations = graph.get_operations()
        self.bounds = [0, *ends]
        self.fields = ReceptiveFields(self.all_operations)
        # `is_training` is TFLearn's switch, created before the first layer.
        self.variables = {v.op: v for v in variables if v.op.name != "is_training"}
        self.learned = learned

    def operations(self, number: int) -> list[Any]:
        """Return the operations of a layer; the first's include the input."""
        made: list[Any] = self.all_operations
        return made[self.bounds[number] : self.bounds[number + 1]]

    def count(self, number: int, *, trainable: bool) -> int:
        """Return the number of elements of a layer's variables."""
        own = [op for op in self.operations(number) if op in self.variables]
        return sum(
            self.variables[op].shape.num_elements()
            for op in own
            if (op in self.learned) == trainable
        )

    @property
    def weights_bytes(self) -> int:
        """The size of all variables as they are saved."""
        return sum(
            v.shape.num_elements() * v.dtype.size for v in self.variables.values()
        )


def _shape(tensor: Any) -> tuple[int | None, ...]:
    """Return a tensor's shape without the batch; a list of tensors is a sequence."""
    if isinstance(tensor, list | tuple):
        return (len(tensor), *_shape(tensor[0]))
    return tuple(tensor.shape.as_list()[1:])


def _name(tensor: Any, layer: Any) -> str:
    """Return a layer's unique name: the prefix of its operations' names."""
    if isinstance(tensor, list | tuple):
        tensor = tensor[0]
    scope = getattr(tensor, "scope", None)
    if scope is not None:
        return str(getattr(scope, "name", scope)).rstrip("/")
    name = getattr(layer, "name", "") or ""
    whole: str = tensor.op.name
    return whole.partition("/")[0] if "/" not in name else whole.rpartition("/")[0]
