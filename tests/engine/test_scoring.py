"""Scores over a whole split: batched, weighted by size, the same every time."""

import numpy as np
import pytest

from beenet.engine import predict, score
from beenet.errors import NetworkError
from beenet.tflearn_backend import tf, tflearn

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
    np.testing.assert_allclose(scored.outputs, output, rtol=1e-5)
    assert scored.outputs.dtype == np.float32
    assert scored.loss == score(network, split, batch_size=32).loss


def test_dropout_is_off_whatever_the_mode(network, make_split):
    split = make_split(SHAPE, 3, 70, "float32")
    network.set_training(True)
    first = predict(network, split)
    network.set_training(True)
    np.testing.assert_array_equal(first, predict(network, split.x))
    np.testing.assert_array_equal(first, score(network, split).outputs)


def test_stored_bytes_are_decoded(network, make_split):
    split = make_split(SHAPE, 3, 70, "uint8")
    decoded = (split.x / 255).astype(np.float32)
    np.testing.assert_array_equal(predict(network, split), predict(network, decoded))


class Cramped:
    """A session that has room for so many examples, and fails otherwise."""

    def __init__(self, session, room, error):
        self._session, self._room, self._error = session, room, error
        self.asked = []

    def run(self, fetches, feed=None, *rest):
        sizes = [len(x) for x in (feed or {}).values() if np.ndim(x) > 1]
        self.asked += sizes[:1]
        if sizes and sizes[0] > self._room:
            raise self._error
        return self._session.run(fetches, feed, *rest)

    def __getattr__(self, name):
        return getattr(self._session, name)


OOM = tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")
GPU = tf.errors.InternalError(None, None, "Dst tensor is not initialized.")


@pytest.mark.parametrize("error", [OOM, GPU, MemoryError()], ids=lambda e: type(e))
def test_where_memory_is_short_portions_are_smaller_and_numbers_the_same(
    network, make_split, error
):
    split = make_split(SHAPE, 3, 70, "float32")
    expected = score(network, split, batch_size=8)
    session = network.session
    network.model.session = Cramped(session, 10, error)
    found = score(network, split, batch_size=64)
    np.testing.assert_array_equal(found.outputs, expected.outputs)
    assert found.loss == expected.loss
    assert {64, 32, 16, 8} <= set(network.session.asked)
    assert network.session.asked[-1] == 6
    network.model.session = Cramped(session, 10, error)
    outputs = predict(network, split, batch_size=64)
    np.testing.assert_array_equal(outputs, expected.outputs)


def test_what_was_answered_before_memory_ran_out_is_kept(
    network, make_split, monkeypatch
):
    monkeypatch.setenv("BEENET_THREADS", "1")
    split = make_split(SHAPE, 3, 40, "float32")
    expected = predict(network, split, batch_size=8)

    class Later(Cramped):
        def run(self, fetches, feed=None, *rest):
            if len(self.asked) >= 3:
                self._room = 4
            return super().run(fetches, feed, *rest)

    network.model.session = Later(network.session, 8, OOM)
    np.testing.assert_allclose(
        predict(network, split, batch_size=8), expected, rtol=1e-6
    )
    asked = network.session.asked
    assert asked[:3] == [8, 8, 8]
    assert sum(asked) < 8 * 3 + 40  # the first three were not asked again


def test_one_example_without_room_is_an_error_in_words(network, make_split):
    split = make_split(SHAPE, 3, 5, "float32")
    network.model.session = Cramped(network.session, 0, OOM)
    with pytest.raises(NetworkError) as caught:
        predict(network, split)
    assert str(caught.value) == (
        "there is not enough memory for a single example; free some, or use a smaller "
        "network"
    )
    assert network.session.asked[-1] == 1


def test_another_internal_error_is_not_taken_for_it(network, make_split):
    split = make_split(SHAPE, 3, 5, "float32")
    error = tf.errors.InternalError(None, None, "a bug")
    network.model.session = Cramped(network.session, 0, error)
    with pytest.raises(tf.errors.InternalError, match="a bug"):
        predict(network, split)
    assert set(network.session.asked) == {5}


def test_each_thread_keeps_its_examples_to_itself(network, make_split):
    split = make_split(SHAPE, 3, 1000, "uint8")
    network.set_training(False)
    decoded = (split.x / 255).astype(np.float32)
    output = network.session.run(network.output, {network.x: decoded})

    np.testing.assert_allclose(predict(network, split, batch_size=8), output, rtol=1e-5)
