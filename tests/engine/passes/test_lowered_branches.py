"""Of a conditional that was laid open, one side is left, and no question."""

import numpy as np
import pytest
from tensorflow.core.protobuf import config_pb2

from beenet.engine.passes.grappler import apply_passes
from beenet.engine.passes.lowered_branches import take_lowered_branches
from beenet.tflearn_backend import tf


def inner(x, other):
    """Ask another question within the side that is taken."""
    return tf.cond(other, lambda: tf.exp(x) + 1, lambda: tf.tanh(x), name="inner")


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [3], "x")
        yes, other = (tf.placeholder(tf.bool, [], n) for n in ("yes", "other"))
        y = tf.cond(yes, lambda: x * inner(x, other), lambda: tf.sqrt(x), name="outer")
        kept = tf.cond(yes, lambda: y + 2, lambda: y - 5, name="kept")
        with tf.control_dependencies([y]):
            tf.add(kept, x, name="z")
    return graph


@pytest.fixture
def laid_open(graph):
    return apply_passes(graph.as_graph_def(), config_pb2.ConfigProto(), ["z"])


def run(graph_def, **given):
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name="")
        there = {node.name for node in graph_def.node}
        feed = {f"{name}:0": v for name, v in given.items() if name in there}
        with tf.Session(graph=graph) as session:
            return session.run("z:0", feed)


@pytest.mark.parametrize("other", [True, False])
def test_what_is_left_does_what_the_whole_did(graph, laid_open, other):
    given = {"x": np.float32([1, 2, 3]), "yes": True, "other": other}
    expected = run(graph.as_graph_def(), **given)
    take_lowered_branches(laid_open, {"outer"})
    np.testing.assert_array_equal(run(laid_open, **given), expected)


def test_the_other_side_is_gone_and_other_questions_stay(laid_open):
    before = [node.op for node in laid_open.node]
    assert "Sqrt" in before
    take_lowered_branches(laid_open, {"outer"})
    after = [node.op for node in laid_open.node]
    assert "Sqrt" not in after
    assert {"Exp", "Tanh"} <= set(after)
    questions = {n.name.split("/")[0] for n in laid_open.node if n.op == "Switch"}
    assert questions == {"outer", "kept"}  # what is asked within the one
    assert all("inner" in n.name for n in laid_open.node
               if n.op == "Switch" and n.name.startswith("outer"))  # fmt: skip


def test_without_any_nothing_changes(laid_open):
    before = laid_open.SerializeToString(deterministic=True)
    take_lowered_branches(laid_open, {"elsewhere"})
    assert laid_open.SerializeToString(deterministic=True) == before
