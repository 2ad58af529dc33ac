"""A `.tfl` of ours in a plain TFLearn script, and a plain script's in ours."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

from beenet.config import load_config
from beenet.engine import predict
from beenet.network.build import build
from beenet.network.saved import (
    read_variables,
    restore_training,
    restore_weights,
    save_model,
)

# All that TFLearn 0.5 needs to be imported on a modern TensorFlow.
IMPORTS = """
    import sys, warnings
    import numpy as np
    from tensorflow.python.util import nest
    nest.is_sequence = nest.is_nested
    import PIL.Image
    PIL.Image.ANTIALIAS = PIL.Image.LANCZOS
    warnings.simplefilter("ignore")
    import tflearn
    from tflearn import (conv_2d, dropout, fully_connected, input_data, max_pool_2d,
                         regression)
"""
NET = """
    net = input_data(shape=[None, 8, 8, 1])
    net = conv_2d(net, nb_filter=4, filter_size=3, activation='relu', name='conv')
    net = max_pool_2d(net, 2, name='pool')
    net = dropout(net, 0.8)
    net = fully_connected(net, 8, activation='relu', name='fc')
    net = fully_connected(net, 3, activation='softmax', name='out')
"""
REGRESSION = """
    net = regression(net, optimizer=tflearn.Momentum(learning_rate=0.05),
                     loss='categorical_crossentropy')
"""


def script(body, *arguments):
    """Run a plain TFLearn script, as a user would, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(body), *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def examples(tmp_path):
    x = np.random.default_rng(3).random((20, 8, 8, 1), dtype=np.float32)
    np.save(tmp_path / "x.npy", x)
    return x


def trained(network, examples, path):
    """Train a network a little and save it; return its answers."""
    feed = {network.x: examples, network.y: np.eye(3)[np.arange(20) % 3]}
    for _ in range(50):
        network.session.run(network.train_op.train, feed)
    save_model(network, path)
    return predict(network, examples)


# Given ours, the examples, and where to put answers and a model of its own.
LOAD = """
    model = tflearn.DNN(net)
    model.load(sys.argv[1])
    answers.append(model.predict(np.load(sys.argv[2])))
"""
TRAIN = """
    x = np.load(sys.argv[2])
    model.fit(x.copy(), np.eye(3)[np.arange(20) % 3], n_epoch=2, batch_size=7,
              validation_set=0.2, show_metric=True)
    model.save(sys.argv[4])
    answers.append(model.predict(x))
"""
ANEW = """
    import tensorflow.compat.v1 as tf
    tf.reset_default_graph()
"""
FILES = ("ours.tfl", "x.npy", "answers.npy", "theirs.tfl")


def exchanged(net, tmp_path):
    """Have a plain script load ours, with the regression layer and without, and train.

    Returns:
        Its answers by our weights, twice, and by its own.
    """
    body = "\n    answers = []\n" + net + LOAD + ANEW + net + REGRESSION + LOAD + TRAIN
    body += "    np.save(sys.argv[3], answers)\n"
    script(IMPORTS + body, *(tmp_path / name for name in FILES))
    return np.load(tmp_path / "answers.npy")


@pytest.mark.slow
def test_ours_loads_in_a_plain_script_and_its_own_in_ours(tiny, tmp_path, examples):
    with build(tiny().config, (8, 8, 1), 3) as network:
        ours = trained(network, examples, tmp_path / "ours.tfl")
    *by_ours, theirs = exchanged(NET, tmp_path)
    assert np.ptp(ours) > 0.05
    for answer in by_ours:
        np.testing.assert_allclose(answer, ours, rtol=1e-5, atol=1e-7)
    with build(tiny().config, (8, 8, 1), 3) as network:
        # The same variables under the same names, not one more nor less.
        there = set(read_variables(tmp_path / "theirs.tfl"))
        assert set(network.variables()) == there
        restore_training(network, tmp_path / "theirs.tfl")
        again = predict(network, examples)
    assert np.abs(again - ours).max() > 0.001
    np.testing.assert_allclose(theirs, again, rtol=1e-5, atol=1e-7)


# As a script of TFLearn's has it, before the input that it belongs to.
PREPROCESSED = NET.replace(
    "    net = input_data(shape=[None, 8, 8, 1])\n",
    """
    prep = tflearn.ImagePreprocessing()
    prep.add_featurewise_zero_center(per_channel=True)
    prep.add_featurewise_stdnorm()
    prep.add_samplewise_zero_center()
    net = input_data(shape=[None, 8, 8, 1], data_preprocessing=prep)
""",
)
METHODS = (
    "preprocessing=[{featurewise_zero_center: {per_channel: true}}, "
    "featurewise_stdnorm, samplewise_zero_center]"
)


def test_preprocessing_goes_both_ways(tiny, tmp_path, examples):
    with build(tiny(METHODS).config, (8, 8, 1), 3) as network:
        network.preprocessor.fit(network.session, examples * 3)
        ours = trained(network, examples, tmp_path / "ours.tfl")
    *by_ours, theirs = exchanged(PREPROCESSED, tmp_path)
    assert np.ptp(ours, axis=0).max() > 0.01
    for answer in by_ours:
        np.testing.assert_allclose(answer, ours, rtol=1e-5, atol=1e-7)
    for restore in (restore_weights, restore_training):
        with build(tiny(METHODS).config, (8, 8, 1), 3) as network:
            there = set(read_variables(tmp_path / "theirs.tfl"))
            assert set(network.variables()) == there
            restore(network, tmp_path / "theirs.tfl")
            again = predict(network, examples)
        np.testing.assert_allclose(theirs, again, rtol=1e-5, atol=1e-7)


RICH = (
    IMPORTS
    + """
    from tflearn import (activation, batch_normalization, global_avg_pool, merge,
                         residual_block)

    net = input_data(shape=[None, 8, 8, 1])
    net = conv_2d(net, 4, 3, bias=False)
    net = activation(batch_normalization(net), 'relu')
    net = residual_block(net, 1, 6, downsample=True, weights_init='uniform_scaling')
    one = conv_2d(net, 3, 1, activation='relu', name='one')
    three = conv_2d(net, 3, 3, activation='prelu')
    net = merge([one, three], 'concat', axis=3)
    net = dropout(global_avg_pool(net), 0.8)
    net = fully_connected(net, 3, activation='softmax', name='out')
"""
)
RICH_CONFIG = """\
name: rich
dataset: {path: data, classes: [A, B, C]}
layers:
  - conv_2d: {nb_filter: 4, filter_size: 3, bias: false}
  - batch_normalization
  - activation: {activation: relu}
  - residual_block: {nb_blocks: 1, out_channels: 6, downsample: true,
                     weights_init: uniform_scaling}
    id: block
  - conv_2d: {nb_filter: 3, filter_size: 1, activation: relu, name: one}
    id: one
  - conv_2d: {nb_filter: 3, filter_size: 3, activation: prelu}
    from: block
    id: three
  - merge: {mode: concat, axis: 3}
    from: [one, three]
  - global_avg_pool
  - dropout: {keep_prob: 0.8}
  - fully_connected: {n_units: 3, activation: softmax, name: out}
optimizer: {momentum: {learning_rate: 0.05}}
"""


@pytest.mark.slow
def test_norm_residual_block_and_merge_go_both_ways(tmp_path, examples):
    (tmp_path / "rich.yaml").write_text(RICH_CONFIG)
    config = load_config(tmp_path / "rich.yaml").config
    # The brighter, the later a class: something that can be told apart.
    examples *= np.linspace(0.1, 3, 20, dtype=np.float32).reshape(-1, 1, 1, 1)
    np.save(tmp_path / "x.npy", examples)
    rows = np.eye(3)[np.arange(20) // 7]
    both = """
    model = tflearn.DNN(net)
    x = np.load(sys.argv[2])
    model.load(sys.argv[4])
    np.save(sys.argv[5], model.predict(x))
    model.fit(x, np.eye(3)[np.arange(20) // 7], n_epoch=20, batch_size=7)
    model.save(sys.argv[1])
    np.save(sys.argv[3], model.predict(x))
    """
    with build(config, (8, 8, 1), 3) as network:
        for _ in range(50):
            feed = {network.x: examples, network.y: rows}
            network.session.run(network.train_op.train, feed)
        save_model(network, tmp_path / "ours.tfl")
        ours = predict(network, examples)
    names = ("theirs.tfl", "x.npy", "theirs.npy", "ours.tfl", "ours.npy")
    script(RICH + REGRESSION + both, *(tmp_path / name for name in names))
    assert np.ptp(ours, axis=0).max() > 0.1
    np.testing.assert_allclose(np.load(tmp_path / "ours.npy"), ours, rtol=1e-4)
    with build(config, (8, 8, 1), 3) as network:
        there = set(read_variables(tmp_path / "theirs.tfl"))
        assert set(network.variables()) == there
        restore_training(network, tmp_path / "theirs.tfl")
        again = predict(network, examples)
    assert np.abs(again - ours).max() > 0.01
    np.testing.assert_allclose(np.load(tmp_path / "theirs.npy"), again, rtol=1e-4)
