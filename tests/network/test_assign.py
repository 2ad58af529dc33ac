"""Variables are given values, whatever a plugin made of them."""

import numpy as np
import pytest

from beenet.errors import NetworkError
from beenet.network.network import Network
from beenet.tflearn_backend import tf, tflearn


@pytest.fixture
def network():
    """Two variables that begin with one tensor, and one that takes any shape."""
    with tf.Graph().as_default():
        tflearn.config.init_training_mode()
        net = tflearn.input_data([None, 3])
        begin = tf.zeros([3])
        scale, shift = (tf.Variable(begin, name=name) for name in ("scale", "shift"))
        tf.Variable(
            0.0, name="free", trainable=False, validate_shape=False,
            shape=tf.TensorShape(None),
        )  # fmt: skip
        net = tflearn.fully_connected(net * scale + shift, 2, activation="softmax")
        with Network(tflearn.regression(net, optimizer="sgd")) as network:
            yield network


def test_each_gets_its_own(network):
    there = network.values()
    given = {"scale": [1, 2, 3], "shift": [4, 5, 6], "free": np.eye(2)}
    network.assign({name: np.array(v, np.float32) for name, v in given.items()})
    values = network.values()
    for name, value in given.items():
        np.testing.assert_array_equal(values[name], value)
    for name in there.keys() - given.keys():
        np.testing.assert_array_equal(values[name], there[name])


def test_what_was_read_can_be_set(network):
    network.assign({"free": np.arange(5, dtype=np.float32), "shift": np.ones(3, "f4")})
    values = network.values()
    network.assign({"free": np.float32(0), "shift": np.zeros(3, np.float32)})
    network.set_values(values)
    again = network.values()
    assert {n: v.tobytes() for n, v in again.items()} == {
        n: v.tobytes() for n, v in values.items()
    }


def test_nothing_is_added_for_tflearns_own(network):
    before = len(network.graph.get_operations())
    network.assign({"is_training": np.array(True), "FullyConnected/b": np.ones(2)})
    network.set_training(False)
    assert len(network.graph.get_operations()) == before


def test_values_of_another_network_are_refused(network):
    values = network.values()
    for wrong in ({"scale": values["scale"]}, {**values, "scale": np.zeros(4, "f4")}):
        with pytest.raises(NetworkError, match="not those of this network"):
            network.set_values(wrong)
