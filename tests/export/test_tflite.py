import zipfile

import numpy as np
import pytest
from scipy.special import softmax

from beenet.engine import predict
from beenet.errors import ExportError
from beenet.experiment.predict import open_predictor
from beenet.export import tflite
from beenet.export.frozen import FrozenGraph, freeze
from beenet.network.build import build
from beenet.tflearn_backend import tf


@pytest.fixture(scope="module")
def frozen_and_answers(model):
    x = np.random.default_rng(2).random((70, 8, 8, 1), dtype=np.float32)
    with open_predictor(model) as opened:
        return (
            freeze(opened.network, opened.config, opened.shape),
            x,
            predict(opened.network, x),
        )


def test_nothing_of_training_is_left(frozen_and_answers):
    frozen, _, _ = frozen_and_answers
    ops = {node.op for node in frozen.graph_def.node}
    assert not ops & {"If", "VarHandleOp", "RandomUniform", "AssignVariableOp"}
    assert len(frozen.graph_def.library.function) == 0


def test_float32_answers_as_the_model_does(frozen_and_answers):
    frozen, x, ours = frozen_and_answers
    assert np.ptp(ours) > 0.1
    np.testing.assert_allclose(tflite.run(tflite.convert(frozen), x), ours, atol=1e-6)


def test_int8_answers_nearly_so_and_is_whole_inside(frozen_and_answers):
    frozen, x, ours = frozen_and_answers
    theirs = tflite.run(tflite.convert(frozen, x), x)
    difference = np.abs(theirs - ours).max()
    assert 0 < difference < 0.05
    # Whole numbers can say no more than 256 different shares.
    np.testing.assert_array_equal(theirs * 256, np.round(theirs * 256))


def test_the_classes_travel_in_the_file(frozen_and_answers, tmp_path):
    frozen, x, ours = frozen_and_answers
    content = tflite.with_labels(tflite.convert(frozen), ("A", "B C"))
    assert content == tflite.with_labels(tflite.convert(frozen), ("A", "B C"))
    (tmp_path / "net.tflite").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "net.tflite") as archive:
        assert archive.read("labels.txt") == b"A\nB C\n"
    np.testing.assert_allclose(tflite.run(content, x), ours, atol=1e-6)


def test_an_operation_that_tflite_lacks_is_named():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 4], "x")
        with tf.name_scope("strange"):
            tf.igamma(x, x, name="gamma")
    frozen = FrozenGraph(graph.as_graph_def(), "x:0", "strange/gamma:0", (4,))
    with pytest.raises(ExportError) as caught:
        tflite.convert(frozen)
    assert str(caught.value) == "TFLite has no operation for Igamma in strange"


def test_one_within_a_branch_is_named_with_its_layer_in_one_line(capfd):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 4], "x")
        with tf.name_scope("choosing"):
            y = tf.cond(tf.reduce_sum(x) > 0, lambda: tf.igamma(x, x), lambda: x)
        tf.identity(y, "y")
    frozen = FrozenGraph(graph.as_graph_def(), "x:0", "y:0", (4,))
    with pytest.raises(ExportError) as caught:
        tflite.convert(frozen)
    assert str(caught.value) == "TFLite has no operation for Igamma in choosing"
    assert "neither a custom op" not in capfd.readouterr().err


def test_a_kernel_that_refuses_is_one_line():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 3, 3, 2, 1], "x")
        tf.reshape(tf.nn.l2_normalize(x, 4), [-1, 18], "y")
    frozen = FrozenGraph(graph.as_graph_def(), "x:0", "y:0", (3, 3, 2, 1))
    with pytest.raises(ExportError) as caught:
        tflite.run(tflite.convert(frozen), np.ones((2, 3, 3, 2, 1), np.float32))
    message = str(caught.value)
    assert message.startswith("TFLite cannot run this network: ")
    assert "\n" not in message


def test_a_linear_output_becomes_probabilities(tiny):
    """As its loss takes it: the sum is 1, which the network's own output is not."""
    config = tiny(
        "layers[4].fully_connected.activation=linear",
        "loss=softmax_categorical_crossentropy",
    ).config
    x = np.random.default_rng(2).random((5, 8, 8, 1), dtype=np.float32)
    with build(config, (8, 8, 1), 3) as network:
        output = predict(network, x)
        frozen = freeze(network, config, (8, 8, 1))
    theirs = tflite.run(tflite.convert(frozen), x)
    np.testing.assert_allclose(theirs, softmax(output, axis=1), atol=1e-6)
    assert np.abs(output.sum(axis=1) - 1).min() > 0.01
