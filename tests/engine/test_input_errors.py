"""Data that an operation refuses are told in one line."""

import numpy as np
import pytest

from beenet.datasets import Split
from beenet.engine import TrainLoop, predict
from beenet.engine.passes import blocked_products
from beenet.errors import NetworkError
from beenet.tflearn_backend import tf, tflearn

TOLD = (
    r"^the data do not fit the network: indices\[\d+,\d+\] = 7 is not in \[0, 4\); an "
    r"embedding's input_dim must be above every value of the data$"
)


def test_a_word_beyond_the_embedding_stops_training_and_scoring(make_network):
    def embed(net):
        net = tflearn.embedding(net, input_dim=4, output_dim=2)
        return tflearn.fully_connected(net, 3, activation="softmax")

    x = np.tile(np.float32([0, 3, 1]), (12, 1))
    split = Split(x, np.eye(3, dtype=np.float32)[np.arange(12) % 3])
    network = make_network(embed, (3,))
    assert len(list(TrainLoop(network, split, batch_size=5, seed=1).run_epoch(0))) == 2
    assert predict(network, x).shape == (12, 3)
    x[9, 1] = 7
    loop = TrainLoop(make_network(embed, (3,)), split, batch_size=5, seed=1)
    with pytest.raises(NetworkError, match=TOLD):
        list(loop.run_epoch(0))
    with pytest.raises(NetworkError, match=TOLD):
        predict(network, x)


def test_a_step_without_room_is_told(make_network, make_split, monkeypatch):
    network = make_network(
        lambda net: tflearn.fully_connected(net, 3, activation="softmax"), (3,)
    )
    loop = TrainLoop(network, make_split((3,), 3, 12, "float32"), batch_size=5, seed=1)
    run = network.session.run

    def cramped(fetches, feed=None, *rest):
        if feed and any(np.ndim(value) > 2 for value in feed.values()):
            raise tf.errors.ResourceExhaustedError(None, None, "OOM")
        return run(fetches, feed, *rest)

    monkeypatch.setattr(network.session, "run", cramped)
    with pytest.raises(NetworkError) as caught:
        list(loop.run_epoch(0))
    assert str(caught.value) == (
        "not enough memory: a training step does not fit; use a smaller "
        "training.batch_size or a smaller network"
    )


def test_trying_a_large_operation_without_room_is_told(
    make_network, make_split, monkeypatch
):
    def cramped(*_):
        raise MemoryError

    monkeypatch.setattr(blocked_products, "_WORTHWHILE", 1)
    monkeypatch.setattr(blocked_products, "same_bits", cramped)
    split = make_split((16,), 3, 12, "float32")

    def layers(net):
        net = tflearn.fully_connected(net, 16, activation="relu")
        net = tflearn.fully_connected(net, 16, activation="relu")
        return tflearn.fully_connected(net, 3, activation="softmax")

    network = make_network(layers, (16,))
    with pytest.raises(NetworkError, match="not enough memory: a training step"):
        TrainLoop(network, split, batch_size=5, seed=1)
