"""Another form of an operation is tried on random numbers, to the last bit."""

import pytest

from beenet.engine.graph import same_bits as module
from beenet.engine.graph.grafts import graft
from beenet.engine.graph.same_bits import same_bits
from beenet.engine.graph.shapes import StepShapes
from beenet.tflearn_backend import tf, tflearn


def convolution(net):
    net = tflearn.conv_2d(net, 8, 3, activation="relu", name="conv_layer_1")
    return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_1")


def batches(network, *sizes):
    graph_def = network.graph.as_graph_def()
    return [StepShapes(graph_def, network, size) for size in sizes]


def node_of(network, name):
    [node] = [n for n in network.graph.as_graph_def().node if n.name == name]
    return node


@pytest.mark.parametrize(("factor", "same"), [(1.0, True), (1.0 + 2**-20, False)])
def test_a_bit_is_seen(factor, same, make_network):
    network = make_network(convolution, (200, 1, 1))
    node = node_of(network, "conv_layer_1/Conv2D")
    twin = tf.NodeDef()
    twin.CopyFrom(node)
    twin.input[0] = "image"
    image = graft("image", {node.input[0]: tf.float32}, lambda image: image * factor)
    assert same_bits(node, [*image, twin], network, batches(network, 10, 3)) is same


@pytest.mark.parametrize("drawn", [1_000_003, 101])
def test_large_inputs_repeat_what_was_drawn(drawn, make_network, monkeypatch):
    monkeypatch.setattr(module, "_DRAWN", drawn)
    network = make_network(convolution, (200, 1, 1))
    node = node_of(network, "fc_layer_1/MatMul")

    def product(a, b):
        return tf.raw_ops.MatMul(a=a, b=b)

    sources = dict.fromkeys(node.input, tf.float32)
    exact = graft(node.name, sources, product)
    assert same_bits(node, exact, network, batches(network, 10))
    other = graft(node.name, sources, lambda a, b: product(a + 1e-6, b))
    assert not same_bits(node, other, network, batches(network, 10))


def test_each_size_of_a_batch_is_tried(make_network):
    network = make_network(convolution, (200, 1, 1))
    node = node_of(network, "fc_layer_1/MatMul")

    def odd(a, b):
        factor = 1 + tf.cast(tf.equal(tf.shape(a)[0], 3), tf.float32)
        return tf.raw_ops.MatMul(a=a * factor, b=b)

    other = graft(node.name, dict.fromkeys(node.input, tf.float32), odd)
    assert same_bits(node, other, network, batches(network, 10))
    assert not same_bits(node, other, network, batches(network, 10, 3))


def test_what_has_no_known_shape_is_not_the_same(make_network, monkeypatch):
    network = make_network(convolution, (200, 1, 1))
    node = node_of(network, "fc_layer_1/MatMul")
    monkeypatch.setattr(StepShapes, "__call__", lambda *_: None)
    assert not same_bits(node, [node], network, batches(network, 10))
