"""A net with branches is the net of the script that one would write."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

from beenet.config import load_config
from beenet.engine import TrainLoop, predict, session_config
from beenet.network.build import build
from beenet.network.saved import read_variables, restore_training, save_model
from beenet.system.thread_plan import ThreadPlan
from beenet.tflearn_backend import tf, tflearn

CONFIG = """
dataset: {path: d, classes: [A, B, C]}
layers:
  - conv_2d: {nb_filter: 4, filter_size: 3, activation: relu, name: stem}
    id: stem
  - conv_2d: {nb_filter: 3, filter_size: 1}
    id: one
  - conv_2d: {nb_filter: 3, filter_size: 3}
    from: stem
    id: three
  - max_pool_2d: {kernel_size: 3, strides: 1}
    from: stem
    id: pool
  - merge: {mode: concat, axis: 3}
    from: [one, three, pool]
  - repeat:
      times: 2
      layers:
        - batch_normalization
        - conv_2d: {nb_filter: 10, filter_size: 3, activation: relu, name: block}
          id: change
        - merge: {mode: elemwise_sum}
          from: [input, change]
  - dropout: {keep_prob: 0.8}
  - fully_connected: {n_units: 3, activation: softmax, name: out}
optimizer: {sgd: {learning_rate: 0.05}}
training: {seed: 4}
"""
SCRIPT = """
def layers(net):
    stem = tflearn.conv_2d(net, 4, 3, activation='relu', name='stem')
    one = tflearn.conv_2d(stem, 3, 1)
    three = tflearn.conv_2d(stem, 3, 3)
    pool = tflearn.max_pool_2d(stem, 3, strides=1)
    net = tflearn.merge([one, three, pool], 'concat', axis=3)
    for _ in range(2):
        change = tflearn.batch_normalization(net)
        change = tflearn.conv_2d(change, 10, 3, activation='relu', name='block')
        net = tflearn.merge([net, change], 'elemwise_sum')
    net = tflearn.dropout(net, 0.8)
    return tflearn.fully_connected(net, 3, activation='softmax', name='out')
"""
SHAPE = (8, 8, 2)


@pytest.fixture
def config(tmp_path):
    (tmp_path / "c.yaml").write_text(CONFIG)
    return load_config(tmp_path / "c.yaml").config


def test_the_graph_is_the_scripts_node_for_node(config):
    with build(config, SHAPE, 3) as network:
        ours = network.graph.as_graph_def()
    namespace = {"tflearn": tflearn}
    exec(SCRIPT, namespace)
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(4)
        tflearn.config.init_training_mode()
        net = namespace["layers"](tflearn.input_data(shape=[None, *SHAPE]))
        sgd = tflearn.SGD(learning_rate=0.05)
        net = tflearn.regression(net, optimizer=sgd)
        tflearn.DNN(net, clip_gradients=5.0).session.close()
        theirs = graph.as_graph_def()
    assert [node.name for node in ours.node] == [node.name for node in theirs.node]
    assert [node.input[:] for node in ours.node] == [
        node.input[:] for node in theirs.node
    ]


def test_the_engine_trains_it_as_tflearn_does(
    config, make_split, reference, variables_of
):
    split = make_split(SHAPE, 3, 26, "float32")
    options = session_config("cpu", ThreadPlan(1, 1))
    with build(config, SHAPE, 3, session_config=options) as network:
        first = variables_of(network)
        losses = reference(network, split, batch_size=8, seed=3, epochs=2)
        expected = variables_of(network)
        for name, variable in network.variables().items():
            variable.load(first[name], network.session)
        loop = TrainLoop(network, split, batch_size=8, seed=3, stateful_random=True)
        chunks = [chunk for epoch in range(2) for chunk in loop.run_epoch(epoch)]
        found = variables_of(network)
    np.testing.assert_array_equal(np.concatenate([c.losses for c in chunks]), losses)
    assert found.keys() == expected.keys()
    for name in found:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)
    assert np.any(found["block_1/W"] != first["block_1/W"])


@pytest.mark.slow
def test_it_goes_to_a_plain_script_and_back(config, tmp_path):
    body = f"""
    import sys, warnings
    import numpy as np
    from tensorflow.python.util import nest
    nest.is_sequence = nest.is_nested
    import PIL.Image
    PIL.Image.ANTIALIAS = PIL.Image.LANCZOS
    warnings.simplefilter("ignore")
    import tflearn
    {textwrap.indent(SCRIPT, "    ").strip()}
    net = layers(tflearn.input_data(shape=[None, 8, 8, 2]))
    net = tflearn.regression(net, optimizer=tflearn.SGD(learning_rate=0.05))
    model = tflearn.DNN(net)
    model.load(sys.argv[1] + "/ours.tfl")
    x = np.load(sys.argv[1] + "/x.npy")
    np.save(sys.argv[1] + "/theirs_of_ours.npy", model.predict(x))
    model.fit(x, np.eye(3)[np.arange(20) % 3], n_epoch=1, batch_size=7)
    model.save(sys.argv[1] + "/theirs.tfl")
    np.save(sys.argv[1] + "/theirs.npy", model.predict(x))
    """
    x = np.random.default_rng(3).random((20, *SHAPE), dtype=np.float32)
    np.save(tmp_path / "x.npy", x)
    with build(config, SHAPE, 3) as network:
        save_model(network, tmp_path / "ours.tfl")
        ours = predict(network, x)
        command = [sys.executable, "-c", textwrap.dedent(body), str(tmp_path)]
        subprocess.run(command, check=True, capture_output=True)
        there = read_variables(tmp_path / "theirs.tfl")
        assert set(network.variables()) == set(there)
        restore_training(network, tmp_path / "theirs.tfl")
        back = predict(network, x)
    close = {"rtol": 1e-5, "atol": 1e-7}
    np.testing.assert_allclose(np.load(tmp_path / "theirs_of_ours.npy"), ours, **close)
    np.testing.assert_allclose(np.load(tmp_path / "theirs.npy"), back, **close)
    assert np.abs(back - ours).max() > 1e-3
