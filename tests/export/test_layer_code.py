import pytest

from beenet.config.functions import LeakyRelu, Normal, PRelu, Relu
from beenet.config.layers import LAYERS
from beenet.errors import ExportError
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


def test_what_cannot_be_written_is_refused_by_name():
    with pytest.raises(ExportError, match="flatten within another layer cannot"):
        text_of(LAYERS["flatten"]())


def test_one_needed_argument_goes_without_its_name_several_do_not():
    calls = Calls()
    pool = LAYERS["max_pool_2d"](kernel_size=2, strides=3)
    assert calls.lines("b", pool, "a", 4) == ["    b = max_pool_2d(a, 2, strides=3)"]
    conv = LAYERS["conv_2d"](nb_filter=2, filter_size=(3, 5))
    assert calls.lines("b", conv, "a", 0) == [
        "b = conv_2d(a, nb_filter=2, filter_size=[3, 5])"
    ]
    assert calls.imports == {"tflearn.layers.conv": {"max_pool_2d", "conv_2d"}}
