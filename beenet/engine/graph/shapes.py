"""The shapes of a step's tensors for batches of one size."""

from typing import Any

from beenet.engine.graph.nodes import static_shape, tensor_of
from beenet.network.network import Network
from beenet.tflearn_backend import tf


class StepShapes:
    """Infers shapes without running the graph; builds it on first use."""

    def __init__(self, graph_def: Any, network: Network, batch_size: int) -> None:
        """Store the operations and the batch size; nothing is built yet.

        Args:
            graph_def: operations of the network's graph, with all that they need.
            network: the network; supplies the shape of an example.
            batch_size: examples in a batch.
        """
        self.batch_size = batch_size
        self._graph_def = graph_def
        self._network = network
        self._graph: Any = None

    def __call__(self, name: str) -> tuple[int, ...] | None:
        """Return a tensor's shape; None if TensorFlow cannot infer it."""
        shape = static_shape(self._built(), name)
        return None if not shape or None in shape else tuple(shape)

    def dtype(self, name: str) -> Any:
        """Return the dtype of a tensor.

        Raises:
            KeyError: there is no such tensor.
        """
        return tensor_of(self._built(), name).dtype

    def _built(self) -> Any:
        if self._graph is None:
            self._graph = self._build()
        return self._graph

    def _build(self) -> Any:
        """Return the graph, its input and target having this batch size."""
        parts = tf.GraphDef()
        parts.CopyFrom(self._graph_def)
        given = {t.op.name: t for t in (self._network.x, self._network.y)}
        for node in parts.node:
            if node.name in given:
                shape = [self.batch_size, *given[node.name].shape.as_list()[1:]]
                node.attr["shape"].shape.CopyFrom(tf.TensorShape(shape).as_proto())
        with tf.Graph().as_default() as graph:
            tf.import_graph_def(parts, name="")
        return graph
