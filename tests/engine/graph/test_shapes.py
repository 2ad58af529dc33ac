"""Shapes are told for one size of a batch, through every operation that keeps them."""

import pytest
from tensorflow.python.framework import graph_util

from beenet.engine.graph.shapes import StepShapes
from beenet.tflearn_backend import tf, tflearn


def layers(net):
    net = tflearn.conv_2d(net, 4, 3, strides=2, name="conv_layer_1")
    net = tflearn.reshape(net, [-1, 8])
    net = tflearn.fully_connected(net, 5, name="fc_layer_1")
    net = tflearn.reshape(net, [-1, 160])
    return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_2")


@pytest.mark.parametrize("n", [1, 10])
def test_shapes_of_both_ways_are_told(n, make_network):
    network = make_network(layers, (16, 16, 1))
    shapes = StepShapes(network.graph.as_graph_def(), network, n)
    assert shapes("InputData/X") == (n, 16, 16, 1)
    assert shapes("conv_layer_1/BiasAdd") == (n, 8, 8, 4)
    assert shapes("fc_layer_1/MatMul") == (32 * n, 5)
    assert shapes("SGD/gradients/fc_layer_1/MatMul_grad/MatMul") == (32 * n, 8)
    assert shapes("Crossentropy/Mean") is None  # a scalar has none to speak of
    assert shapes("nothing/of/the/kind") is None


def test_types_are_told(make_network):
    network = make_network(layers, (16, 16, 1))
    shapes = StepShapes(network.graph.as_graph_def(), network, 10)
    assert shapes.dtype("InputData/X") == tf.float32
    assert shapes.dtype("Accuracy/ArgMax:0") == tf.int64
    with pytest.raises(KeyError):
        shapes.dtype("nothing/of/the/kind")


def test_what_depends_on_values_has_no_shape(make_network):
    def chosen(net):
        net = tflearn.fully_connected(net, 3, activation="softmax")
        return tf.reshape(tf.boolean_mask(net, net[:, 0] >= 0), [-1, 3], name="chosen")

    network = make_network(chosen, (3,))
    shapes = StepShapes(network.graph.as_graph_def(), network, 10)
    assert shapes("chosen") is None


def test_operations_need_not_take_the_target(make_network):
    network = make_network(layers, (16, 16, 1))
    graph_def = network.graph.as_graph_def()
    forward = graph_util.extract_sub_graph(graph_def, ["fc_layer_1/MatMul"])
    assert StepShapes(forward, network, 10)("fc_layer_1/MatMul") == (320, 5)


def test_operations_may_wait_for_the_input(make_network):
    """TensorFlow lets what it made constant wait for what that was made of."""
    network = make_network(layers, (16, 16, 1))
    graph_def = network.graph.as_graph_def()
    graph_def.node.add(name="three", op="NoOp", input=["^InputData/X"])
    assert StepShapes(graph_def, network, 10)("InputData/X") == (10, 16, 16, 1)
