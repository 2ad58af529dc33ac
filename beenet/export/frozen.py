"""Freeze a network for prediction: weights become constants, training is removed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tensorflow.python.framework import graph_util

from beenet.config import Config
from beenet.engine.passes.branches import drop_unused_functions, take_branches
from beenet.export.preprocessing import preprocessed
from beenet.network.network import Network
from beenet.tflearn_backend import quiet_stderr, tf, tflearn


@dataclass(frozen=True)
class FrozenGraph:
    """The operations from a network's input to its output."""

    graph_def: Any
    """A ``GraphDef`` without variables."""
    x: str
    """Name of the input tensor, float32 [batch, ...]."""
    output: str
    """Name of the output tensor, float32 [batch, n_classes]."""
    shape: tuple[int, ...]
    """The shape of one example, before it is preprocessed."""
    prepare: Callable[[Any], Any] = lambda x: x
    """Preprocesses examples for the input."""
    link: Callable[[Any], Any] = lambda output: output
    """Maps the output to probabilities."""

    def ends_in(self, graph: Any) -> tuple[Any, Any]:
        """Import the operations into an empty graph.

        Returns:
            The input, float32 [batch, *shape], and the probabilities, float32
            [batch, n_classes].
        """
        with graph.as_default():
            x = tf.placeholder(tf.float32, [None, *self.shape], "x")
            (output,) = tf.import_graph_def(
                self.graph_def, {self.x: self.prepare(x)}, [self.output], name="network"
            )
            return x, self.link(output)


def freeze(network: Network, config: Config, shape: tuple[int, ...]) -> FrozenGraph:
    """Return a network's operations for prediction; its graph stays as it is.

    Args:
        network: the network.
        config: the config from which it was built.
        shape: the shape of one example of its data.
    """
    network.set_training(False)
    graph_def = network.graph.as_graph_def()
    with network.graph.as_default():
        is_training = tflearn.get_training_mode().op.name
    output = network.output.op.name
    graph_def = graph_util.extract_sub_graph(graph_def, [output])
    take_branches(graph_def, is_training, training=False)
    graph_def = graph_util.extract_sub_graph(graph_def, [output])
    drop_unused_functions(graph_def)
    with network.graph.as_default(), quiet_stderr():
        graph_def = tf.graph_util.convert_variables_to_constants(
            network.session, graph_def, [output]
        )
    for node in graph_def.node:
        node.attr.pop("_class", None)  # colocation with nodes that may be gone
    known = network.preprocessor
    statistics = known.statistics(network.session) if known else {}
    return FrozenGraph(
        graph_def,
        network.x.name,
        network.output.name,
        config.input_shape(shape),
        lambda x: preprocessed(config.preprocessing, x, statistics),
        _LINKS.get(config.loss.link or "", lambda output: output),
    )


_LINKS = {"softmax": tf.nn.softmax, "sigmoid": tf.sigmoid}
