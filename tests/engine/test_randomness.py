"""Rewritten random operations keep TFLearn's distribution, and hold no state."""

from itertools import pairwise

import numpy as np
import pytest

from beenet.engine.randomness import RandomOps, keyed, make_stateless
from beenet.tflearn_backend import tf

STEPS = 400
SIZE = 256


@pytest.fixture(scope="module")
def draws():
    """Two dropouts of 0.7 and one sample each of the other kinds, many steps."""
    with tf.Graph().as_default() as graph:
        ones = tf.ones([SIZE])
        tf.identity(tf.nn.dropout(ones, keep_prob=0.7), "first")
        tf.identity(tf.nn.dropout(ones, keep_prob=0.7), "second")
        tf.identity(tf.random_normal([SIZE], 2.0, 3.0), "normal")
        tf.identity(tf.truncated_normal([SIZE]), "truncated")
        tf.identity(tf.random_uniform([SIZE], 0, 5, tf.int32), "integer")
        graph_def = graph.as_graph_def()
    ops = make_stateless(graph_def, keyed(graph_def))
    names = ["first", "second", "normal", "truncated", "integer"]
    with tf.Graph().as_default():
        counter = tf.placeholder(tf.uint64, [len(ops.names), 2])
        key = tf.placeholder(tf.uint64, [1])
        given = {ops.key_tensor: key, ops.counters_tensor: counter}
        ends = tf.import_graph_def(graph_def, given, [f"{name}:0" for name in names])
        with tf.Session() as session:
            run = session.make_callable(ends, [key, counter])

            def draw(seed, epoch, step):
                row = ops.counters(epoch, step, 1)[0]
                return dict(zip(names, run(ops.key(seed), row), strict=True))

            steps = [draw(1, 0, step) for step in range(STEPS)]
            again = draw(1, 0, 7)
            others = [draw(2, 0, 7), draw(1, 1, 7), draw(1, 0, 8)]
    stacked = {name: np.stack([step[name] for step in steps]) for name in names}
    return stacked, again, others


def test_dropout_keeps_its_rate_and_scaling(draws):
    values = draws[0]["first"]
    assert set(np.unique(values)) == {0, np.float32(1) / np.float32(0.7)}
    kept = values > 0
    n = kept.size
    assert kept.mean() == pytest.approx(0.7, abs=5 * np.sqrt(0.21 / n))
    assert values.mean() == pytest.approx(1, abs=5 * np.sqrt(0.21 / n) / 0.7)


def test_draws_do_not_hang_together(draws):
    first, second = draws[0]["first"] > 0, draws[0]["second"] > 0
    tolerance = 5 / np.sqrt(first.size)
    for a, b in [
        (first, second),  # two operations
        (first[:-1], first[1:]),  # two steps
        (first[:, :-1], first[:, 1:]),  # two neighbours
        (first[:-1], second[1:]),
    ]:
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < tolerance


def test_a_draw_is_a_function_of_seed_epoch_and_step(draws):
    stacked, again, others = draws
    for name, values in stacked.items():
        np.testing.assert_array_equal(again[name], values[7])
        for other in others:
            assert not np.array_equal(other[name], values[7])


def test_the_other_distributions(draws):
    normal, truncated, integer = (
        draws[0][name] for name in ("normal", "truncated", "integer")
    )
    assert normal.mean() == pytest.approx(2, abs=0.05)
    assert normal.std() == pytest.approx(3, abs=0.05)
    assert np.abs(truncated).max() < 2
    assert np.bincount(integer.ravel()) / integer.size == pytest.approx(
        [0.2] * 5, abs=0.01
    )


def test_no_two_draws_share_numbers():
    ops = RandomOps(("a", "b", "c"))
    places = [(0, 0), (0, 1), (0, 2**32 - 1), (1, 0), (9, 7)]
    rows = [row for epoch, step in places for row in ops.counters(epoch, step, 1)[0]]
    starts = [(int(high) << 64) + int(low) for low, high in rows]
    assert min(b - a for a, b in pairwise(starts)) >= 2**48


def test_the_draws_are_those_of_other_versions_of_beenet():
    """A checkpoint of today must draw the same tomorrow."""
    ops = RandomOps(("a", "b"))
    assert ops.key(5).tolist() == [4160164373342109173]
    assert ops.counters(1, 2, 1).tolist() == [[[0, 2**32 + 2], [2**48, 2**32 + 2]]]
