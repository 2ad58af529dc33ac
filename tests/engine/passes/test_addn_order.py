"""Sums and products that TensorFlow's optimizer is told of stay in their order."""

import pytest
from tensorflow.core.protobuf import config_pb2

from beenet.engine.passes.addn_order import keep_order
from beenet.engine.passes.grappler import apply_passes
from beenet.tflearn_backend import tf


def order(graph_def):
    """Return what is combined with what, as sets in sets of the names of what goes in.

    Both operations are commutative to the bit, so that the sides do not matter.
    """
    nodes = {node.name: node for node in graph_def.node}

    def within(name):
        ends = nodes[name].op == "Reshape"
        return name if ends else frozenset(within(i) for i in nodes[name].input)

    return within(nodes["end"].input[0])


def run_grappler(graph_def):
    config = config_pb2.ConfigProto()
    config.graph_options.rewrite_options.min_graph_nodes = -1
    return apply_passes(graph_def, config, ["end"])


@pytest.mark.parametrize(
    "made",
    [lambda x, y, row, other: x + (row + y), lambda x, y, row, other: x * row * other],
    ids=["sum", "product"],
)
def test_what_is_marked_keeps_its_order(made):
    shapes = {"x": [4, 3], "y": [4, 3], "row": [1, 3], "other": [1, 3]}
    with tf.Graph().as_default() as graph:
        given = {  # it does not believe what placeholders say of their shapes
            name: tf.reshape(tf.placeholder(tf.float32), shape, name)
            for name, shape in shapes.items()
        }
        tf.negative(made(**given), name="end")
    graph_def = graph.as_graph_def()
    assert order(run_grappler(graph_def)) != order(graph_def)
    keep_order(graph_def)
    assert order(run_grappler(graph_def)) == order(graph_def)
