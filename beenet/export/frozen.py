"""A network as it predicts: weights are constants, nothing of training is left."""

from dataclasses import dataclass
from typing import Any

from tensorflow.python.framework import graph_util

from beenet.config.estimator import Loss
from beenet.engine.branches import drop_unused_functions, take_branches
from beenet.network.network import Network
from beenet.tflearn_backend import quiet_stderr, tf, tflearn


@dataclass(frozen=True)
class Frozen:
    """The operations between a network's two ends."""

    graph_def: Any
    """A ``GraphDef`` without variables."""
    x: str
    """Name of the input tensor, float32 [batch, *shape]."""
    output: str
    """Name of the output tensor, float32 [batch, n_classes]."""
    link: str = "linear"
    """What makes probabilities of the output."""

    def ends_in(self, graph: Any) -> tuple[Any, Any]:
        """Import the operations into an empty graph.

        Returns:
            The input, float32 [batch, *shape], and the probabilities, float32
            [batch, n_classes].
        """
        with graph.as_default():
            tf.import_graph_def(self.graph_def, name="")
            output = graph.get_tensor_by_name(self.output)
            return graph.get_tensor_by_name(self.x), _LINKS[self.link](output)


def freeze(network: Network, loss: Loss) -> Frozen:
    """Return the operations that a network predicts by; its graph stays as it is."""
    link = _LOSS_LINKS.get(loss.tflearn_name, "linear")
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
        node.attr.pop("_class", None)  # names nodes to share a device with: now gone
    return Frozen(graph_def, network.x.name, network.output.name, link)


_LINKS = {"linear": lambda x: x, "softmax": tf.nn.softmax, "sigmoid": tf.sigmoid}
_LOSS_LINKS = {
    "softmax_categorical_crossentropy": "softmax",
    "binary_crossentropy": "sigmoid",
    "weighted_crossentropy": "sigmoid",
}
"""What a loss does to the output before it compares it with the truth."""
