"""Scores over a whole split: batched, weighted by size, the same every time."""

import numpy as np
import pytest

from beenet.engine import predict, score
from beenet.tflearn_backend import tflearn

SHAPE = (8, 8, 1)


@pytest.fixture
def network(make_network):
    def layers(net):
        net = tflearn.conv_2d(net, 3, 3, activation="relu")
        net = tflearn.dropout(net, 0.5)
        return tflearn.fully_connected(net, 3, activation="softmax")

    return make_network(layers, SHAPE)


def test_the_loss_is_that_of_all_examples_at_once(network, make_split):
    split = make_split(SHAPE, 3, 70, "float32")
    network.set_training(False)
    feed = {network.x: split.x, network.y: split.y}
    loss, output = network.session.run([network.train_op.loss, network.output], feed)

    scored = score(network, split, batch_size=32)

    assert scored.loss == pytest.approx(loss, rel=1e-6)
    np.testing.assert_allclose(scored.probabilities, output, rtol=1e-5)
    assert scored.probabilities.dtype == np.float32
    assert scored.loss == score(network, split, batch_size=32).loss


def test_dropout_is_off_whatever_the_mode(network, make_split):
    split = make_split(SHAPE, 3, 70, "float32")
    network.set_training(True)
    first = predict(network, split)
    network.set_training(True)
    np.testing.assert_array_equal(first, predict(network, split.x))
    np.testing.assert_array_equal(first, score(network, split).probabilities)


def test_stored_bytes_are_decoded(network, make_split):
    split = make_split(SHAPE, 3, 70, "uint8")
    decoded = (split.x / 255).astype(np.float32)
    np.testing.assert_array_equal(predict(network, split), predict(network, decoded))
