import numpy as np
import pytest

from beenet.config import load_config
from beenet.config.estimator import OPTIMIZERS
from beenet.config.graph import THE_INPUT
from beenet.config.layers import LAYERS
from beenet.config.yaml_text import dump
from beenet.errors import NetworkError
from beenet.network.build import build
from beenet.network.layers import _LAYERS, layer_function
from beenet.tflearn_backend import tf, tflearn
from tests.conftest import slow

# Stacks on 12x10x2, with arguments that matter to shapes.
STACKS = {
    "conv": [
        {"conv_2d": {"nb_filter": 3, "filter_size": [3, 2], "strides": 2}},
        {"max_pool_2d": {"kernel_size": 2}},
        {"conv_2d": {"nb_filter": 2, "filter_size": 2, "padding": "valid"}},
        {"avg_pool_2d": {"kernel_size": [1, 2], "strides": 1, "padding": "valid"}},
        {"local_response_normalization": {"depth_radius": 1}},
        "flatten",
        {"dropout": {"keep_prob": 0.5}},
    ],
    "crelu": [
        {"conv_2d": {"nb_filter": 3, "filter_size": 3, "activation": "crelu"}},
        "batch_normalization",
        {"activation": {"activation": "relu6"}},
        "global_avg_pool",
    ],
    "global_max_pool": [{"input_data": {"shape": [4, 6, 10]}}, "global_max_pool"],
    "sequence": [
        {"reshape": {"new_shape": [-1, 60, 4]}},
        {"conv_1d": {"nb_filter": 3, "filter_size": 5, "strides": 2}},
        {"max_pool_1d": {"kernel_size": 3}},
        {"avg_pool_1d": {"kernel_size": 2, "strides": 1, "padding": "valid"}},
        "flatten",
    ],
    "highway": [
        {
            "fully_connected": {
                "n_units": 6,
                "activation": {"leaky_relu": {"alpha": 0.3}},
            }
        },
        {"highway": {"n_units": 6, "activation": "elu", "transform_dropout": 0.9}},
        {"fully_connected": {"n_units": 6, "activation": "prelu"}},
    ],
    "branches": [
        {"conv_2d": {"nb_filter": 3, "filter_size": 3}, "id": "stem"},
        {"conv_2d": {"nb_filter": 2, "filter_size": 1}, "id": "one"},
        {"conv_2d": {"nb_filter": 2, "filter_size": 3}, "from": "stem", "id": "three"},
        {"merge": {"mode": "concat", "axis": 3}, "from": ["input", "one", "three"]},
        "flatten",
        {"fully_connected": {"n_units": 4}, "id": "left"},
        {"fully_connected": {"n_units": 5}, "from": "stem", "id": "right"},
        {"merge_outputs": {}, "from": ["left", "right"]},
        {
            "repeat": {
                "times": 2,
                "layers": [
                    {"fully_connected": {"n_units": 9}, "id": "change"},
                    {"merge": {"mode": "elemwise_sum"}, "from": ["input", "change"]},
                ],
            }
        },
    ],
    "initializers": [
        {
            "fully_connected": {
                "n_units": 6,
                "weights_init": {init: {}},
                "bias_init": {"normal": {"stddev": 1.0}},
                "regularizer": "L2",
            }
        }
        for init in ("xavier", "variance_scaling", "uniform", "normal", "zeros")
    ],
}


@pytest.fixture
def config(tmp_path):
    def load(layers, out=None, **parts):
        path = tmp_path / "c.yaml"
        data = {"path": "d", "classes": ["A", "B"]}
        last = {"n_units": 2, "activation": "softmax", **(out or {})}
        path.write_text(
            dump(
                {
                    "dataset": data,
                    "layers": [*layers, {"fully_connected": last}],
                    **parts,
                }
            )
        )
        return load_config(path).config

    return load


def test_every_layer_has_its_function():
    assert set(LAYERS) - {"input_data"} == set(_LAYERS)


@pytest.mark.parametrize("stack", STACKS)
def test_shapes_foretold_are_the_shapes_built_and_a_step_can_be_taken(config, stack):
    made = config(STACKS[stack])
    shape = (12, 10, 2)
    with tf.Graph().as_default():
        tflearn.config.init_training_mode()
        shapes = {THE_INPUT: shape}
        tensors = {THE_INPUT: tf.placeholder(tf.float32, [None, *shape])}
        for number, node in enumerate(made.nodes):
            sources = node.inputs or (THE_INPUT,)
            shape = node.layer.output_shape(*(shapes[i] for i in sources))
            incoming = [tensors[i] for i in sources]
            if node.kind == "input_data":
                tensor = tf.placeholder(tf.float32, [None, *shape])
            else:
                function = layer_function(node.layer)
                tensor = function(incoming if node.layer.takes_many else incoming[0])
            assert tensor.shape.as_list() == [None, *shape], node.title
            shapes[number], tensors[number] = shape, tensor
    rng = np.random.default_rng(0)
    with build(made, (12, 10, 2), 2) as network:
        x = rng.random([4, *network.x.shape[1:]], dtype=np.float32)
        feed = {network.x: x, network.y: np.eye(2)[[0, 1, 1, 0]]}
        network.set_training(True)
        op = network.train_op
        assert np.isfinite(network.session.run([op.loss, op.apply_grad], feed)[0])


@pytest.mark.slow
@pytest.mark.parametrize(
    "optimizer",
    ["sgd", "momentum", "nesterov", "adam", "rmsprop", "adagrad", "ftrl", "adadelta",
     "proximaladagrad", {"sgd": {"lr_decay": 0.9}}, {"momentum": {"lr_decay": 0.9}},
     {"nesterov": {"lr_decay": 0.9, "decay_step": 1, "staircase": True}}],
)  # fmt: skip
def test_every_optimizer_takes_a_step(config, optimizer):
    with build(config([], optimizer=optimizer), (3,), 2) as network:
        feed = {network.x: np.ones((2, 3)), network.y: np.eye(2)[[0, 0]]}
        op = network.train_op
        before = network.session.run(op.loss, feed)
        network.session.run(op.apply_grad, feed)
        assert network.session.run(op.loss, feed) < before


@pytest.mark.parametrize(
    "optimizer", [o if o in ("sgd", "adam", "ftrl") else slow(o) for o in OPTIMIZERS]
)
def test_a_scheduled_rate_is_the_optimizers_to_the_bit(config, optimizer):
    """A step at a rate that was set is a step at that rate written in the config."""
    given = {optimizer: {"learning_rate": 0.03}}
    schedule = {"schedule": {"step": {"every": 1}}}
    after = []
    for training in ({}, schedule):
        base = {optimizer: {"learning_rate": 0.5}} if training else given
        with build(config([], optimizer=base, training=training), (3,), 2) as network:
            if training:
                network.set_learning_rate(0.03)
            feed = {network.x: np.ones((2, 3)), network.y: np.eye(2)[[0, 0]]}
            for _ in range(2):
                network.session.run(network.train_op.apply_grad, feed)
            after.append(network.session.run(network.variables()))
    plain, scheduled = after
    assert plain.keys() == scheduled.keys()  # the rate itself is not saved
    for name in plain:
        assert plain[name].tobytes() == scheduled[name].tobytes(), name


def test_a_net_without_anything_to_train_is_refused(config):
    made = config([], out={"trainable": False})
    with pytest.raises(NetworkError) as caught:
        build(made, (5,), 2)
    assert str(caught.value) == "there is nothing to train: no layer is trainable"


@pytest.mark.parametrize(
    "loss",
    ["categorical_crossentropy", "softmax_categorical_crossentropy", "mean_square",
     "binary_crossentropy", {"weighted_crossentropy": {"weight": 2}}, "hinge_loss",
     "roc_auc_score", "weak_cross_entropy_2d",
     {"weak_cross_entropy_2d": {"num_classes": 2, "head": [1, 2.5]}}],
)  # fmt: skip
def test_every_loss_is_lowered_by_training(config, loss):
    with build(config([], loss=loss, optimizer="sgd"), (3,), 2) as network:
        feed = {network.x: np.eye(3)[:2], network.y: np.eye(2)[[0, 1]]}
        op = network.train_op
        before = network.session.run(op.loss, feed)
        network.session.run(op.apply_grad, feed)
        assert network.session.run(op.loss, feed) < before


@pytest.mark.parametrize(
    ("metric", "expected"),
    [("accuracy", 0.5), ({"top_k": {"k": 2}}, 1.0), ("R2", None), (None, None)],
)
def test_a_metric_is_tflearns(config, metric, expected):
    with build(config([], metric=metric), (3,), 2) as network:
        feed = {network.x: np.full((2, 3), 50.0), network.y: np.eye(2)[[0, 1]]}
        tensor = network.train_op.metric
        if metric is None:
            assert tensor is None
            return
        got, output = network.session.run([tensor, network.output], feed)
        if metric == "R2":
            expected = 1 - np.square(np.eye(2) - output).sum()  # their variance is 1
        assert got == pytest.approx(expected, abs=1e-6)


def weights(config):
    with build(config, (5,), 2) as network:
        return network.session.run(network.variables())


def test_the_seed_fixes_the_first_weights(config):
    hidden = {"fully_connected": {"n_units": 4, "name": "fc"}}
    first, same, other = (
        weights(config([hidden], training={"seed": seed})) for seed in (3, 3, 4)
    )
    assert np.array_equal(first["fc/W"], same["fc/W"])
    assert not np.array_equal(first["fc/W"], other["fc/W"])


def test_a_script_with_the_same_seed_draws_the_same_weights(config):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(7)
        tflearn.config.init_training_mode()  # TFLearn's import makes it in a script
        net = tflearn.input_data(shape=[None, 5])
        net = tflearn.fully_connected(net, 4, name="fc")
        net = tflearn.fully_connected(net, 2, activation="softmax")
        tflearn.regression(net, optimizer="sgd", learning_rate=0.1)
        session.run(tf.global_variables_initializer())
        script = session.run({v.op.name: v for v in tf.global_variables()})
    hidden = {"fully_connected": {"n_units": 4, "name": "fc"}}
    ours = weights(config([hidden], training={"seed": 7}, optimizer="sgd"))
    for name in ("fc/W", "FullyConnected/W"):
        assert np.array_equal(ours[name], script[name])


def test_variables_have_the_names_that_tflearn_saves(config):
    hidden = {"fully_connected": {"n_units": 4, "name": "fc", "regularizer": "L2"}}
    assert list(
        weights(config([hidden, "batch_normalization"], optimizer="momentum"))
    ) == [
        "is_training",
        "fc/W",
        "fc/b",
        "BatchNormalization/beta",
        "BatchNormalization/gamma",
        "BatchNormalization/moving_mean",
        "BatchNormalization/moving_variance",
        "FullyConnected/W",
        "FullyConnected/b",
        "Training_step",
        "Global_Step",
        "val_loss",
        "val_acc",
        "Accuracy/Mean/moving_avg",
        "Momentum/Total_Loss/moving_avg",
        "Crossentropy/Mean/moving_avg",
        "fc/L2-Loss/moving_avg",
        "fc/W/Momentum",
        "fc/b/Momentum",
        "BatchNormalization/beta/Momentum",
        "BatchNormalization/gamma/Momentum",
        "FullyConnected/W/Momentum",
        "FullyConnected/b/Momentum",
    ]


@pytest.mark.parametrize(("clip", "norm"), [(5.0, 5.0), (0.5, 0.5), (0, None)])
def test_gradients_are_clipped_by_their_global_norm(config, clip, norm):
    made = config([], training={"clip_gradients": clip}, optimizer="sgd")
    with build(made, (3,), 2) as network:
        grads = [grad for grad, _ in network.train_op.grad]
        feed = {network.x: np.full((1, 3), 100.0), network.y: [[0, 1]]}
        values = network.session.run(grads, feed)
        got = np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in values))
    assert got > 20 if norm is None else got == pytest.approx(norm, rel=1e-5)


def test_an_output_that_does_not_match_is_named(config):
    with pytest.raises(NetworkError) as caught:
        build(config([]), (5,), 3)
    assert str(caught.value) == (
        "the network's output has shape 2, but there are 3 classes"
    )


def test_a_layer_that_tensorflow_refuses_is_named(config):
    made = config([{"dropout": {"keep_prob": 0.5, "noise_shape": [3, 3, 3]}}])
    with pytest.raises(
        NetworkError, match=r"^layer 1 \(Dropout\) cannot be built on 5: "
    ):
        build(made, (5,), 2)
