"""Each kind of layer: built by TFLearn, saved, read back out of the `.meta` alone."""

import contextlib
from pathlib import Path

import numpy as np
import pytest

from beenet.config import load_config
from beenet.config.load import structure
from beenet.config.yaml_text import dump, parse
from beenet.errors import NetworkError
from beenet.network.build import build, build_layers
from beenet.network.foreign.compare import differences
from beenet.network.foreign.model import forward_of, read_model
from beenet.network.foreign.reading import parse_graph
from beenet.network.foreign.training import read_training
from beenet.tflearn_backend import tf, tflearn
from tests.conftest import slow

IMAGE, SEQUENCE, VECTOR = [8, 8, 4], [12, 3], [6]
OUT = {"fully_connected": {"n_units": 3, "activation": "softmax", "name": "out"}}

NETS = {
    "conv_2d": (IMAGE, {"nb_filter": 5, "filter_size": [3, 2], "strides": 2}),
    "conv_2d without bias": (
        IMAGE,
        {"nb_filter": 4, "filter_size": 3, "padding": "valid", "bias": False},
    ),
    "conv_1d": (SEQUENCE, {"nb_filter": 5, "filter_size": 4, "strides": 3}),
    "max_pool_2d": (IMAGE, {"kernel_size": [3, 2], "strides": 2}),
    "avg_pool_2d": (IMAGE, {"kernel_size": 2, "padding": "valid", "name": "my_pool"}),
    "max_pool_1d": (SEQUENCE, {"kernel_size": 3, "strides": 2}),
    "avg_pool_1d": (SEQUENCE, {"kernel_size": 3}),
    "global_max_pool": (IMAGE, {}),
    "global_avg_pool": (IMAGE, {}),
    "local_response_normalization": (IMAGE, {"depth_radius": 2, "alpha": 0.5}),
    "batch_normalization": (
        IMAGE,
        {"beta": 0.5, "gamma": 2.0, "epsilon": 0.01, "decay": 0.8, "stddev": 0.1},
    ),
    "dropout": (VECTOR, {"keep_prob": 0.9}),
    "dropout of whole rows": (IMAGE, {"keep_prob": 0.3, "noise_shape": [1, 8, 1, 1]}),
    "reshape": (IMAGE, {"new_shape": [-1, 4, 16, 4]}),
    "flatten": (IMAGE, {}),
    "l2_normalize": (VECTOR, {"dim": 1, "epsilon": 0.001}),
    "residual_block": (IMAGE, {"nb_blocks": 2, "out_channels": 4}),
    "residual_block that widens": (
        IMAGE,
        {
            "nb_blocks": 2,
            "out_channels": 6,
            "downsample": True,
            "bias": False,
            "activation": "elu",
            "weight_decay": 0.01,
            "name": "wide",
        },
    ),
    "residual_block without norm": (
        IMAGE,
        {
            "nb_blocks": 1,
            "out_channels": 8,
            "downsample": True,
            "downsample_strides": 3,
            "batch_norm": False,
            "regularizer": None,
        },
    ),
    "upsample_2d": (IMAGE, {"kernel_size": [2, 3]}),
    "reduce_mean": (IMAGE, {"axis": [1, 2], "keepdims": True}),
    "reduce_max": (IMAGE, {"axis": -1, "name": "brightest"}),
    "reduce_sum": (SEQUENCE, {"axis": 1}),
    "activation": (VECTOR, {"activation": "relu"}),
    "highway": (
        VECTOR,
        {"n_units": 6, "activation": "tanh", "transform_dropout": 0.6},
    ),
    "fully_connected": (
        IMAGE,
        {"n_units": 4, "regularizer": "L1", "weight_decay": 0.02, "name": "fc"},
    ),
    "fully_connected that is not learned": (VECTOR, {"n_units": 4, "trainable": False}),
}
ACTIVATIONS = [
    "tanh", "sigmoid", "softmax", "softplus", "softsign", "relu", "relu6", "leaky_relu",
    {"leaky_relu": {"alpha": 0.3}}, "prelu", {"prelu": {"channel_shared": True}}, "elu",
    "crelu", "selu", "hard_sigmoid", "gelu",
]  # fmt: skip
INITIALIZERS = [
    "zeros", "uniform_scaling", "xavier", "variance_scaling", "normal",
    {"uniform": {"minval": -0.5, "maxval": 0.25}}, {"normal": {"stddev": 0.5}},
    {"truncated_normal": {"mean": 1.0}}, {"xavier": {"uniform": False}},
    {"variance_scaling": {"mode": "FAN_OUT", "uniform": True}},
]  # fmt: skip


@contextlib.contextmanager
def of_2017():
    """Have TensorFlow make graphs as it did then: no handles, `Switch` and `Merge`."""
    tf.disable_resource_variables()
    tf.disable_control_flow_v2()
    try:
        yield
    finally:
        tf.enable_resource_variables()
        tf.enable_control_flow_v2()


def config_of(shape, layers, **others):
    data = {
        "name": "net",
        "dataset": {"path": "data", "classes": ["A", "B", "C"]},
        "layers": [{"input_data": {"shape": list(shape)}}, *layers],
        **others,
    }
    return structure(parse(dump(data), "test")[0])


def meta_of(config, shape, path):
    """Write the `.meta` of a forward pass alone, as a script without regression."""
    with tf.Graph().as_default():
        tflearn.config.init_training_mode()
        build_layers(config.nodes, shape)
        tf.train.export_meta_graph(str(path))


@pytest.mark.parametrize("era", [contextlib.nullcontext, slow(of_2017)])
@pytest.mark.parametrize("what", NETS)
def test_a_layer_comes_back_with_its_arguments(what, era, tmp_path):
    shape, arguments = NETS[what]
    layers = [{what.split(" ")[0]: arguments}, OUT]
    with era():
        meta_of(config_of(shape, layers), shape, tmp_path / "m.meta")
    found = read_model(tmp_path / "m.meta")
    assert found.layers == layers
    assert (list(found.shape), found.outputs) == (shape, 3)
    assert found.training.unread == [
        "the optimizer: the graph has no training step",
        "the loss: it is none of TFLearn's, or was not saved",
    ]


@pytest.mark.parametrize("era", [contextlib.nullcontext, of_2017])
def test_activations_and_initializers_come_back(era, tmp_path):
    layers = [{"fully_connected": {"n_units": 5, "activation": a}} for a in ACTIVATIONS]
    layers += [{"activation": {"activation": a}} for a in ACTIVATIONS[:7]]
    layers += [
        {"fully_connected": {"n_units": 7 + i, "weights_init": w}}
        for i, w in enumerate(INITIALIZERS)
    ]
    with era():
        meta_of(config_of(VECTOR, [*layers, OUT]), VECTOR, tmp_path / "m.meta")
    assert read_model(tmp_path / "m.meta").layers == [*layers, OUT]


@pytest.mark.slow
def test_a_residual_network_comes_back_block_by_block(tmp_path):
    layers = [
        {"conv_2d": {"nb_filter": 4, "filter_size": 3}},
        {"residual_block": {"nb_blocks": 2, "out_channels": 4}},
        {"residual_block": {"nb_blocks": 1, "out_channels": 8, "downsample": True}},
        {"residual_block": {"nb_blocks": 2, "out_channels": 8}},
        {"batch_normalization": {}},
        {"activation": {"activation": "relu"}},
        {"global_avg_pool": {}},
        OUT,
    ]
    meta_of(config_of(IMAGE, layers), IMAGE, tmp_path / "m.meta")
    found = read_model(tmp_path / "m.meta")
    assert found.layers == layers
    with build(config_of(IMAGE, found.layers), IMAGE, 3) as ours:
        assert differences(found.steps, forward_of(ours.meta)) == []


def test_branches_come_back_with_ids(tmp_path):
    layers = [
        {"conv_2d": {"nb_filter": 4, "filter_size": 3}, "id": "conv_2d_1"},
        {"conv_2d": {"nb_filter": 4, "filter_size": 1}, "id": "conv_2d_2"},
        {"merge": {"mode": "elemwise_sum"}, "from": ["conv_2d_1", "conv_2d_2", "input"],
         "id": "merge_3"},
        {"max_pool_2d": {"kernel_size": 2, "strides": 1}, "id": "max_pool_2d_4"},
        {"merge": {"mode": "concat", "axis": 3}, "from": ["merge_3", "max_pool_2d_4"]},
        OUT,
    ]  # fmt: skip
    meta_of(config_of(IMAGE, layers), IMAGE, tmp_path / "m.meta")
    found = read_model(tmp_path / "m.meta")
    assert found.layers == layers
    with build(config_of(IMAGE, found.layers), IMAGE, 3) as ours:
        assert differences(found.steps, forward_of(ours.meta)) == []


def shipped():
    """Return the shipped configs whose networks differ."""
    files, seen = [], set()
    paths = Path(__file__).parents[3].glob("configs/**/*.yaml")
    for path in sorted(p for p in paths if p.parent.name != "sweeps"):
        config = load_config(path).config
        net = config.model_dump_json(include={"layers", "optimizer", "loss"})
        if net not in seen and "architectures" not in str(path):
            seen.add(net)
            files.append(path)
    return files


@pytest.mark.parametrize("path", shipped(), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_shipped_config_comes_back_from_its_meta(path, tmp_path):
    config = load_config(path).config
    with build(config, config.dataset.shape, config.dataset.n_classes) as network:
        (tmp_path / "m.meta").write_bytes(network.meta)
    found = read_model(tmp_path / "m.meta")
    data = {
        "name": config.name,
        "dataset": config.dataset.name,
        "layers": found.layers,
        "optimizer": found.training.optimizer,
        "loss": found.training.loss,
    }
    read = structure(parse(dump(data), "read")[0])
    assert read.layers == config.layers
    assert read.optimizer == config.optimizer
    assert read.loss == config.loss
    assert found.training.clip_gradients == config.training.clip_gradients
    scheduled = config.training.schedule is not None
    assert (
        found.training.unread
        == [
            "what the script, or a schedule, sets the learning rate to: "
            f"{config.optimizer.learning_rate:g} is where it begins"
        ]
        * scheduled
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["googlenet", "densenet", "inception_resnet_v2"])
def test_a_branching_architecture_comes_back_as_the_same_graph(name, tmp_path):
    root = Path(__file__).parents[3]
    config = load_config(root / f"configs/architectures/classic/{name}.yaml").config
    shape, n_classes = config.dataset.shape, config.dataset.n_classes
    with build(config, shape, n_classes) as network:
        (tmp_path / "m.meta").write_bytes(network.meta)
    found = read_model(tmp_path / "m.meta")
    again = config.model_copy(
        update={"layers": config_of(found.shape, found.layers).layers}
    )
    with build(again, shape, n_classes) as ours:
        assert differences(found.steps, forward_of(ours.meta)) == []
        assert set(ours.variables()) == set(network.variables())


OPTIMIZERS = [
    "sgd", {"sgd": {"learning_rate": 0.5, "lr_decay": 0.9, "staircase": True}},
    {"momentum": {"learning_rate": 0.05, "momentum": 0.5}},
    {"nesterov": {"lr_decay": 0.5, "decay_step": 7}}, {"adam": {"beta1": 0.5}},
    {"rmsprop": {"decay": 0.5, "momentum": 0.1}},
    {"adagrad": {"initial_accumulator_value": 0.5}},
    {"ftrl": {"l1_regularization_strength": 0.1, "learning_rate_power": -0.25}},
    {"adadelta": {"rho": 0.5}},
]  # fmt: skip
LOSSES = [
    "categorical_crossentropy", "softmax_categorical_crossentropy", "hinge_loss",
    "binary_crossentropy", "mean_square", {"weighted_crossentropy": {"weight": 2.5}},
]  # fmt: skip


@pytest.mark.parametrize("era", [slow(contextlib.nullcontext), of_2017])
@pytest.mark.parametrize("i", range(len(OPTIMIZERS)))
def test_optimizer_loss_and_clipping_come_back(i, era):
    said, loss = OPTIMIZERS[i], LOSSES[i % len(LOSSES)]
    clip = float(i % 3)
    config = config_of(
        VECTOR, [OUT], optimizer=said, loss=loss, training={"clip_gradients": clip}
    )
    with era(), build(config, VECTOR, 3) as network:
        found = read_training(parse_graph(network.meta))
    assert (found.optimizer, found.loss) == (said, loss)
    assert (found.clip_gradients, found.unread) == (clip, [])


@pytest.mark.parametrize("era", [contextlib.nullcontext, of_2017])
@pytest.mark.parametrize(
    ("rate", "optimizer", "untold"),
    [
        (
            lambda: tf.Variable(0.25, trainable=False),
            {"momentum": {"learning_rate": 0.25}},
            "what the script, or a schedule, sets the learning rate to: 0.25 is where "
            "it begins",
        ),
        (
            lambda: tf.Variable(tf.random_uniform([]), trainable=False),
            "momentum",
            "the optimizer's learning_rate: it is no constant (TFLearn's default is "
            "taken)",
        ),
        (
            lambda: tf.placeholder(tf.float32, []),
            "momentum",
            "the optimizer's learning_rate: it is no constant (TFLearn's default is "
            "taken)",
        ),
    ],
)
def test_a_rate_that_is_set_between_steps_is_told(era, rate, optimizer, untold):
    with era(), tf.Graph().as_default() as graph:
        weight = tf.Variable(1.0)
        tf.train.MomentumOptimizer(rate(), 0.9).minimize(weight)
        meta = tf.train.export_meta_graph(graph=graph).SerializeToString()
    found = read_training(parse_graph(meta))
    assert found.optimizer == optimizer
    assert untold in found.unread


def test_dropout_of_tensorflow_1_1_comes_back(tmp_path):
    with of_2017(), tf.Graph().as_default():
        x = tflearn.input_data([None, 6])
        with tf.name_scope("Dropout"):
            kept = tf.constant(0.8)
            flags = tf.floor(kept + tf.random_uniform(tf.shape(x)))
            y = tf.cond(
                tflearn.get_training_mode(), lambda: tf.div(x, kept) * flags, lambda: x
            )
        tflearn.fully_connected(y, 3)
        tf.train.export_meta_graph(str(tmp_path / "m.meta"))
    assert read_model(tmp_path / "m.meta").layers[0] == {"dropout": {"keep_prob": 0.8}}


def test_a_reduction_of_a_script_comes_back(tmp_path):
    with tf.Graph().as_default():
        x = tflearn.input_data([None, 12, 3])
        x = tflearn.layers.core.custom_layer(x, lambda x: tf.reduce_max(x, axis=1))
        tflearn.fully_connected(x, 3)
        tf.train.export_meta_graph(str(tmp_path / "m.meta"))
    assert read_model(tmp_path / "m.meta").layers[0] == {"reduce_max": {"axis": 1}}


def test_shared_weights_come_back_as_reuse(tmp_path):
    layers = [
        {"fully_connected": {"n_units": 6}},
        {
            "fully_connected": {
                "n_units": 6, "activation": "tanh", "reuse": True,
                "scope": "FullyConnected",
            }
        },
        OUT,
    ]  # fmt: skip
    meta_of(config_of(VECTOR, layers), VECTOR, tmp_path / "m.meta")
    assert read_model(tmp_path / "m.meta").layers == layers


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda x: tf.cumsum(x), "'Cumsum' ('Cumsum') is no layer that beenet can"),
        (lambda x: x @ np.ones((6, 3), "f"), "'matmul' ('MatMul') is no layer that"),
        (
            lambda x: tflearn.fully_connected(x + tflearn.input_data([None, 6]), 3),
            "the graph has 2 inputs (InputData/X, InputData_1/X); beenet reads",
        ),
        (
            lambda x: tflearn.reshape(tflearn.fully_connected(x, 4), [-1, 2, 2]),
            "its output 'Reshape/Reshape' is of shape 2x2, not one number for each",
        ),
    ],
)
def test_what_beenet_does_not_know_is_named(make, message, tmp_path):
    with tf.Graph().as_default():
        make(tflearn.input_data([None, 6]))
        tf.train.export_meta_graph(str(tmp_path / "m.meta"))
    with pytest.raises(NetworkError) as caught:
        read_model(tmp_path / "m.meta")
    assert f"m.meta cannot be read: {message}" in str(caught.value)


def test_graphs_that_differ_are_told_apart(tmp_path):
    theirs = [{"conv_2d": {"nb_filter": 4, "filter_size": 3}}, "flatten", OUT]
    meta_of(config_of(IMAGE, theirs), IMAGE, tmp_path / "m.meta")
    steps = read_model(tmp_path / "m.meta").steps
    mine = [{"conv_2d": {"nb_filter": 4, "filter_size": 3, "strides": 2}}, OUT]
    with build(config_of(IMAGE, mine), IMAGE, 3) as ours:
        assert differences(steps, forward_of(ours.meta)) == [
            "the file has Conv2D padding=SAME",
            "the config makes Conv2D strides=(1, 2, 2, 1) padding=SAME",
            "the file has the constant -1, 256",
            "the config makes the constant -1, 64",
            "the file has out/W [256, 3]",
            "the config makes out/W [64, 3]",
        ]
