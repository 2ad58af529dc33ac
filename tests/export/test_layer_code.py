import pytest

from beenet.config.functions import LeakyRelu, Normal, PRelu, Relu
from beenet.config.layers import LAYERS
from beenet.export.layer_code import Calls, text_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Relu(), '"relu"'),
        (PRelu(restore=False), '"prelu"'),
        (
            LeakyRelu(alpha=0.3),
            "lambda x: tflearn.activations.leaky_relu(x, alpha=0.3)",
        ),
        (
            Normal(stddev=0.1, seed=2),
            "tflearn.initializations.normal(stddev=0.1, seed=2)",
        ),
        ((2, 3), "[2, 3]"),
        (None, "None"),
    ],
)
def test_an_argument_is_written_as_in_a_script(value, text):
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("name", "arguments", "text"),
    [
        (
            "time_distributed",
            {"fn": {"fully_connected": {"n_units": 8, "activation": "relu"}}},
            'lambda x: fully_connected(x, 8, activation="relu")',
        ),
        (
            "time_distributed",
            {"fn": {"fully_connected": {"n_units": 8, "scope": "own"}}, "scope": "t"},
            'lambda x, scope: fully_connected(x, 8, scope=scope), scope="t"',
        ),
        (
            "time_distributed",
            {"fn": {"reduce_max": {"axis": -1}}},
            "lambda x: tf.reduce_max(x, -1)",
        ),
        (
            "bidirectional_rnn",
            {
                "rnncell_fw": {"BasicLSTMCell": {"num_units": 4, "batch_norm": True}},
                "rnncell_bw": {"GRUCell": {"num_units": 4, "activation": "relu"}},
            },
            "rnncell_fw=BasicLSTMCell(4, batch_norm=True), "
            'rnncell_bw=GRUCell(4, activation="relu")',
        ),
        (
            "highway_conv_2d",
            {"nb_filter": 2, "filter_size": 3, "bias_init": {"normal": {"mean": 1.0}}},
            "nb_filter=2, filter_size=3, "
            "bias_init=lambda: tflearn.initializations.normal(mean=1.0)",
        ),
    ],
)
def test_what_stands_within_a_layer_is_written_too(name, arguments, text):
    lines = Calls().lines("b", LAYERS[name].model_validate(arguments), "a", 0)
    joined = "\n".join(lines).replace("(\n    ", "(").replace(",\n    ", ", ")
    assert joined.rstrip("\n,)") == f"b = {name}(a, {text}".rstrip(")")


def test_a_reduction_is_written_as_a_custom_layer():
    calls = Calls()
    layer = LAYERS["reduce_mean"](axis=[1, 2], keepdims=True)
    assert calls.lines("b", layer, "a", 0) == [
        "b = custom_layer(a, lambda x: tf.reduce_mean(x, [1, 2], keepdims=True))"
    ]
    assert calls.imports == {"tflearn.layers.core": {"custom_layer"}}


def test_one_needed_argument_goes_without_its_name_several_do_not():
    calls = Calls()
    pool = LAYERS["max_pool_2d"](kernel_size=2, strides=3)
    assert calls.lines("b", pool, "a", 4) == ["    b = max_pool_2d(a, 2, strides=3)"]
    conv = LAYERS["conv_2d"](nb_filter=2, filter_size=(3, 5))
    assert calls.lines("b", conv, "a", 0) == [
        "b = conv_2d(a, nb_filter=2, filter_size=[3, 5])"
    ]
    assert calls.imports == {"tflearn.layers.conv": {"max_pool_2d", "conv_2d"}}
