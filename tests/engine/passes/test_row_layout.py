"""Images of one column lie down, and nothing else changes."""

import pytest

from beenet.engine import TrainLoop
from beenet.engine.averages import Averages
from beenet.engine.graph.nodes import data_inputs
from beenet.engine.passes import row_layout
from beenet.engine.step import extract_step
from beenet.system.thread_plan import ThreadPlan
from beenet.tflearn_backend import tflearn
from engine.identity import check
from tests.conftest import slow

SOUND = (200, 1, 1)


def lecture(net):
    net = tflearn.conv_2d(net, 8, 3, activation="relu", name="conv_layer_1")
    net = tflearn.max_pool_2d(net, 2, name="pool_layer_1")
    net = tflearn.conv_2d(net, 4, 3, strides=2, activation="tanh", name="conv_layer_2")
    net = tflearn.max_pool_2d(net, 3)
    return tflearn.fully_connected(net, 3, activation="softmax")


def overlapping(net):
    """Pools whose windows have values in common: each adds up their gradients."""
    net = tflearn.conv_1d(tflearn.avg_pool_1d(net, 2), 4, 2)
    net = tflearn.max_pool_1d(net, 3, strides=1)
    return tflearn.fully_connected(net, 3, activation="softmax")


def one_dimension(net):
    net = tflearn.conv_1d(net, 6, 3, activation="relu", regularizer="L2")
    net = tflearn.conv_1d(tflearn.max_pool_1d(net, 2), 5, 5, bias=False)
    return tflearn.fully_connected(net, 3, activation="softmax")


def laid_down(network, batch_sizes=(10,)):
    """Return the kinds of operations that lie, in the order of the step."""
    step = extract_step(network, Averages(network), batch_sizes)
    nodes = step.graph_def.node
    return [
        n.op for n in nodes if n.name.endswith("/lying") and n.op in row_layout._TURNS
    ]


@pytest.mark.parametrize(("threads", "n"), [slow(1, 43), slow(2, 40), (2, 43)])
@pytest.mark.parametrize(
    ("layers", "shape"),
    [(lecture, SOUND), (one_dimension, (200, 1)), (overlapping, (200, 3))],
)
def test_the_numbers_are_those_of_tflearn(
    layers, shape, n, threads, make_network, make_split
):
    network = make_network(layers, shape, plan=ThreadPlan(threads, 1))
    check(network, make_split(shape, 3, n, "uint8"), batch_size=10)


@pytest.mark.usefixtures("alike")
def test_pools_and_what_has_the_same_bits_lie(make_network):
    found = laid_down(make_network(lecture, SOUND))
    assert sorted(found) == [
        "Conv2DBackpropInput",
        "MaxPool",
        "MaxPool",
        "MaxPoolGrad",
        "MaxPoolGrad",
        "_FusedConv2D",
        "_FusedConv2D",
    ]


def test_what_has_other_bits_stays(make_network, monkeypatch):
    monkeypatch.setattr(row_layout, "same_bits", lambda *_: False)
    found = laid_down(make_network(lecture, SOUND))
    assert set(found) == {"MaxPool", "MaxPoolGrad"}


@pytest.mark.parametrize("shape", [(20, 20, 1), (1, 200, 1)])
def test_other_images_stay(shape, make_network):
    assert laid_down(make_network(lecture, shape)) == []


def test_every_size_of_a_batch_is_tried(make_network, make_split, monkeypatch):
    tried = []

    def try_bits(node, _, __, batches):
        assert all(shapes(name) for shapes in batches for name in data_inputs(node))
        tried.append([shapes.batch_size for shapes in batches])

    monkeypatch.setattr(row_layout, "same_bits", try_bits)
    network = make_network(lecture, SOUND)
    TrainLoop(network, make_split(SOUND, 3, 43, "uint8"), batch_size=10, seed=1)
    assert tried == [[10, 3]] * 3
    tried.clear()
    network = make_network(lecture, SOUND)
    TrainLoop(network, make_split(SOUND, 3, 7, "uint8"), batch_size=10, seed=1)
    assert tried == [[7]] * 3
