"""What `beenet describe` counts, against counts worked out by hand or another way."""

from pathlib import Path

import numpy as np
import pytest

import beenet
from beenet.bench.flops import work_of
from beenet.bench.peers.net import plain_net
from beenet.config import load_config
from beenet.config.graph import THE_INPUT
from beenet.config.yaml_text import dump
from beenet.errors import NetworkError
from beenet.network.build import build, build_layers
from beenet.network.describe import describe
from beenet.tflearn_backend import tf, tflearn

CONFIGS = Path(beenet.__file__).parent.parent / "configs"


@pytest.fixture
def described(tmp_path):
    def describe_layers(shape, *layers):
        path = tmp_path / "c.yaml"
        data = {"path": "d", "classes": ["A", "B"]}
        path.write_text(dump({"dataset": data, "layers": list(layers)}))
        return describe(load_config(path).config, shape, "c")

    return describe_layers


@pytest.mark.parametrize("net", ["mnist/convnet5", "bee1/cnn", "buzz1/ann"])
def test_counts_are_those_of_the_bench_which_counts_another_way(net):
    config = load_config(CONFIGS / f"{net}.yaml").config
    shape = config.dataset.shape
    found = describe(config, shape, net)
    work = work_of(plain_net(config), shape, 1)
    assert 2 * found.macs == work.flops("forward")
    assert found.trainable == work.weights
    assert found.fixed == 0


def test_an_input_of_another_size_is_one_line(described):
    with pytest.raises(NetworkError, match=r"64x64x1"):
        described((64, 64, 3), {"input_data": {"shape": [64, 64, 1]}}, "flatten")


def conv(filters, size, **more):
    return {"conv_2d": {"nb_filter": filters, "filter_size": size, **more}}


def fields(description):
    return [layer.receptive_field for layer in description.layers]


def test_windows_widen_the_field_by_the_strides_before_them(described):
    found = described(
        (64, 64, 3),
        conv(4, 7, strides=2),
        {"max_pool_2d": {"kernel_size": 3, "strides": 2}},
        conv(4, [3, 1]),
        "batch_normalization",
        {"dropout": {"keep_prob": 0.5}},
        {"avg_pool_2d": {"kernel_size": 2}},
        {"fully_connected": {"n_units": 2}},
    )
    # 7; + 2 * 2; + 2 * 4 along one side; + 1 * 4
    wide = (19, 11)
    assert fields(found) == [(7, 7), (11, 11), wide, wide, wide, (23, 15), None]
    assert found.receptive_field == (23, 15)


def test_the_field_is_what_the_gradient_reaches(tmp_path):
    """The input's numbers that one output depends on are as many as is said."""
    ones = {"weights_init": {"normal": {"mean": 1.0}}}
    layers = [
        {**conv(2, 3, strides=2, **ones), "id": "stem"},
        {**conv(2, 3, **ones), "id": "change"},
        {"merge": {"mode": "concat", "axis": 3}, "from": ["stem", "change"]},
        {"avg_pool_2d": {"kernel_size": 2}},
    ]
    data = {"path": "d", "classes": ["A", "B"]}
    (tmp_path / "c.yaml").write_text(dump({"dataset": data, "layers": layers}))
    config = load_config(tmp_path / "c.yaml").config
    field = describe(config, (64, 64, 1), "c").layers[-1].receptive_field
    with tf.Graph().as_default(), tf.Session() as session:
        tflearn.config.init_training_mode()
        tensors = build_layers(config.nodes, (64, 64, 1))
        x, one = tensors[THE_INPUT], tf.reduce_sum(tensors[3][:, 8, 8, :])
        (gradient,) = tf.gradients(one, x)
        session.run(tf.global_variables_initializer())
        seen = session.run(gradient, {x: np.ones((1, 64, 64, 1))})[0, :, :, 0]
    assert field == (np.any(seen, 1).sum(), np.any(seen, 0).sum()) == (9, 9)


def test_a_sequence_has_a_field_of_steps(described):
    found = described(
        (100, 4),
        {"conv_1d": {"nb_filter": 8, "filter_size": 5, "strides": 2}},
        {"max_pool_1d": {"kernel_size": 3}},
    )
    assert fields(found) == [(5,), (9,)]
    assert [layer.macs for layer in found.layers] == [50 * 8 * 5 * 4, 0]
    assert [layer.shape for layer in found.layers] == [(50, 8), (17, 8)]


def test_a_vector_has_no_field(described):
    found = described((9,), {"fully_connected": {"n_units": 2}})
    assert fields(found) == [None]
    assert found.receptive_field is None


def test_branches_say_where_they_come_from(described):
    found = described(
        (8, 8, 3),
        {**conv(4, 3, name="stem"), "id": "stem"},
        {**conv(2, 1), "id": "one"},
        {**conv(2, 5), "from": "stem", "id": "five"},
        {"merge": {"mode": "concat", "axis": 3}, "from": ["one", "five", "input"]},
        {"repeat": {"times": 2, "layers": [conv(7, 3, name="block")]}},
    )
    assert [(layer.name, layer.sources) for layer in found.layers] == [
        ("stem", ("input",)),
        ("Conv2D", ("stem",)),
        ("Conv2D_1", ("stem",)),
        ("Merge", ("Conv2D", "Conv2D_1", "input")),
        ("block", ("Merge",)),
        ("block_1", ("block",)),
    ]
    assert fields(found) == [(3, 3), (3, 3), (7, 7), (7, 7), (9, 9), (11, 11)]
    assert found.layers[3].shape == (8, 8, 7)
    assert found.activation_bytes == 4 * 64 * (4 + 2 + 2 + 7 + 7 + 7)


def test_every_weight_of_a_built_network_is_counted(tmp_path):
    (tmp_path / "c.yaml").write_text(
        dump(
            {
                "dataset": {"path": "d", "classes": ["A", "B"]},
                "layers": [
                    conv(4, 3, activation="prelu", trainable=False),
                    "batch_normalization",
                    {"fully_connected": {"n_units": 12, "regularizer": "L2"}},
                    {"highway": {"n_units": 12}},
                    {"fully_connected": {"n_units": 2, "activation": "softmax"}},
                ],
                "optimizer": "sgd",
            }
        )
    )
    config = load_config(tmp_path / "c.yaml").config
    found = describe(config, (8, 8, 3), "c")
    with build(config, (8, 8, 3), 2) as network, network.graph.as_default():
        weights = tf.get_collection(tf.GraphKeys.MODEL_VARIABLES)
        sizes = {v.op.name: v.shape.num_elements() for v in weights}
        learned = {v.op.name for v in tf.trainable_variables()}
    sizes.pop("is_training", None)
    assert found.trainable == sum(sizes[name] for name in sizes if name in learned)
    assert found.fixed == sum(sizes[name] for name in sizes if name not in learned)
    assert found.layers[0].trainable == 4  # the slopes alone
    assert found.layers[0].fixed == 28 * 4
    assert found.weights_bytes == 4 * (found.trainable + found.fixed)
    assert [layer.name for layer in found.layers] == [
        "Conv2D",
        "BatchNormalization",
        "FullyConnected",
        "FullyConnectedHighway",
        "FullyConnected_1",
    ]
