"""TensorFlow's optimizer decides on the loop's step as on TFLearn's own graph."""

import pytest
from tensorflow.python.grappler import tf_optimizer

from beenet.engine import TrainLoop
from beenet.engine.passes import grappler
from beenet.engine.passes.grappler import run_grappler
from beenet.tflearn_backend import tf, tflearn

SHAPE = (12, 12, 1)


def normalized(net):
    net = tflearn.fully_connected(net, 9, activation="sigmoid")
    return tflearn.batch_normalization(net)


def normalized_images(net):
    net = tflearn.conv_2d(net, 3, 3, activation="relu")
    net = tflearn.batch_normalization(tflearn.dropout(net, 0.8))
    return tflearn.conv_2d(net, 3, 3, activation="elu")


def dropped(net):
    for activation in ("tanh", "leaky_relu", "gelu"):
        net = tflearn.fully_connected(net, 9, activation=activation)
        net = tflearn.dropout(net, 0.8)
    return net


def recurrent(net):
    net = tflearn.reshape(net, [-1, 12, 12])
    net = tflearn.batch_normalization(tflearn.gru(net, 5, dynamic=True))
    return tflearn.dropout(net, 0.9)


def fused(nodes):
    """Return what was fused into which operation, by its name."""
    return {
        node.name: tuple(node.attr["fused_ops"].list.s)
        for node in nodes
        if "fused_ops" in node.attr
    }


@pytest.mark.parametrize(
    "layers",
    [
        normalized,
        normalized_images,
        dropped,
        pytest.param(recurrent, marks=pytest.mark.slow),
    ],
)
def test_what_is_fused_is_what_a_session_fuses(layers, make_network, make_split):
    def net(net):
        return tflearn.fully_connected(layers(net), 3, activation="softmax")

    network = make_network(net, SHAPE)
    split = make_split(SHAPE, 3, 5, "float32")
    ends = [network.train_op.train.name, network.train_op.loss.op.name]
    ours = run_grappler(network.graph.as_graph_def(), network, ends)

    network.set_training(True)
    told = tf.RunMetadata()
    network.session.run(
        [network.train_op.train, network.train_op.loss],
        {network.x: split.x, network.y: split.y},
        options=tf.RunOptions(output_partition_graphs=True),
        run_metadata=told,
    )
    theirs = fused(node for graph in told.partition_graphs for node in graph.node)
    assert fused(ours.node) == theirs
    assert theirs


def test_the_graph_that_is_given_stays_as_it_is(make_network):
    network = make_network(dropped, SHAPE)
    given = network.graph.as_graph_def()
    before = given.SerializeToString(deterministic=True)
    done = run_grappler(given, network, [network.train_op.train.name])
    assert given.SerializeToString(deterministic=True) == before
    assert len(done.node) < len(given.node)
    assert not any(node.device for node in done.node)


@pytest.fixture
def failing(monkeypatch):
    """Let TensorFlow's optimizer fail; a session goes on without, then."""

    def refuse(*given):
        raise tf.errors.InvalidArgumentError(None, None, "not this one")

    monkeypatch.setattr(tf_optimizer, "OptimizeGraph", refuse)


def test_what_cannot_be_optimized_is_none(make_network, failing):
    network = make_network(dropped, SHAPE)
    given = network.graph.as_graph_def()
    assert run_grappler(given, network, [network.train_op.train.name]) is None


def test_without_the_optimizer_dropout_has_no_hidden_state_either(
    make_network, make_split, variables_of, failing
):
    split, ends = make_split(SHAPE, 9, 40, "float32"), []
    for chunk_steps in (1, 3):
        network = make_network(dropped, SHAPE)
        loop = TrainLoop(network, split, batch_size=10, seed=3, chunk_steps=chunk_steps)
        for _ in loop.run_epoch(0):
            pass
        ends.append(variables_of(network))
    assert all(ends[0][name].tobytes() == ends[1][name].tobytes() for name in ends[0])


@pytest.mark.parametrize("nested", [False, True])
def test_a_conditional_waits_for_what_it_was_told_and_no_more(nested):
    """What merely goes into it need not be there before it asks."""
    with tf.Graph().as_default() as graph:
        question = tf.placeholder(tf.bool, [], "question")
        variable = tf.get_variable("v", [], initializer=tf.zeros_initializer())
        x = tf.placeholder(tf.float32, [], "x")

        def ask(name):
            read, other = tf.identity(variable.read_value(), "told"), tf.exp(x)

            def change():
                return variable.assign_add(read * other).read_value()

            done = tf.cond(question, change, lambda: read, name=name)
            conditional = tf.get_default_graph().get_operation_by_name(name)
            conditional._add_control_input(read.op)
            return done

        if nested:
            end = tf.cond(question, lambda: ask("inner"), lambda: x, name="outer")
        else:
            end = ask("inner")
        tf.identity(end, "end")
    lowered = grappler._lowered(graph.as_graph_def(), ["end"])
    (asked,) = (n for n in lowered.node if "inner/switch_pred/" in n.name)
    waits = [name for name in asked.input if name[0] == "^"]
    assert [name.lstrip("^").split("/")[-1] for name in waits] == ["told"]
