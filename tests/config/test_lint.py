import pytest

from beenet.config import lint
from beenet.config.load import LoadedConfig

SHAPES = {
    "MNIST": ((28, 28, 1), 10),
    "BEE1": ((64, 64, 3), 2),
    "BEE1_gray": ((64, 64, 1), 2),
    "BUZZ1": ((4000, 1, 1), 3),
}
OUTPUT = "fully_connected: {n_units: 10, activation: softmax}"


def findings(load, *layers: str, dataset: str = "MNIST", more: str = "") -> list[str]:
    lines = "".join(f"  - {layer}\n" for layer in layers)
    loaded: LoadedConfig = load(f"dataset: {dataset}\nlayers:\n{lines}{more}")
    shape, n_classes = SHAPES[dataset]
    return [str(finding) for finding in lint(loaded, shape, n_classes)]


def test_a_good_net_has_no_findings(load) -> None:
    assert findings(load, OUTPUT) == []
    assert (
        findings(
            load,
            "conv_2d: {nb_filter: 20, filter_size: 5, regularizer: L2}",
            "max_pool_2d: {kernel_size: 2}",
            "fully_connected: {n_units: 11, regularizer: L2, weight_decay: 0.1}",
            "dropout: {keep_prob: 0.5}",
            OUTPUT,
            more="optimizer: {sgd: {lr_decay: 0.9, decay_step: 5}}\n",
        )
        == []
    )


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (
            "conv_2d: {nb_filter: 2, filter_size: 29, padding: valid}",
            "14: layers[0].conv_2d: layer 1 (Conv2D) cannot be built: "
            "a window of 29 does not fit a height of 28 without padding",
        ),
        (
            "conv_2d: {nb_filter: 2, filter_size: [3, 29], padding: VALID, name: c1}",
            "14: layers[0].conv_2d: layer 1 (c1) cannot be built: "
            "a window of 29 does not fit a width of 28 without padding",
        ),
        (
            "max_pool_2d: {kernel_size: 29, padding: valid}",
            "18: layers[0].max_pool_2d: layer 1 (MaxPool2D) cannot be built: "
            "a window of 29 does not fit a height of 28 without padding",
        ),
        (
            "conv_1d: {nb_filter: 2, filter_size: 3}",
            "14: layers[0].conv_1d: layer 1 (Conv1D) cannot be built: "
            "conv_1d needs examples of shape (steps, channels), gets 28x28x1",
        ),
        (
            "reshape: {new_shape: [-1, 28, 29]}",
            "14: layers[0].reshape: layer 1 (Reshape) cannot be built: "
            "28x28x1 (784 numbers) cannot become 28x29 (812 numbers)",
        ),
        (
            "highway: {n_units: 100}",
            "14: layers[0].highway: layer 1 (FullyConnectedHighway) cannot be built: "
            "highway adds its input to its output: n_units must be 784, is 100",
        ),
        (
            "input_data: {shape: [32, 32, 1]}",
            "17: layers[0].input_data: layer 1 (InputData) cannot be built: "
            "a shape of 32x32x1 does not fit the data's 28x28x1",
        ),
    ],
)
def test_a_layer_that_cannot_be_built_is_named(load, layer: str, text: str) -> None:
    assert findings(load, layer, OUTPUT) == [f"c.yaml:3:{text}"]


def test_a_side_that_shrinks_below_one_is_found_where_it_does(load) -> None:
    pool = "max_pool_2d: {kernel_size: 4, padding: valid}"
    assert findings(load, pool, "flatten: {name: f}", OUTPUT) == []
    assert findings(load, pool, pool, pool, OUTPUT) == [
        "c.yaml:5:18: layers[2].max_pool_2d: layer 3 (MaxPool2D) cannot be built: "
        "a window of 4 does not fit a height of 1 without padding"
    ]
    conv = "conv_2d: {nb_filter: 8, filter_size: 3, padding: valid}"
    assert findings(
        load, conv, "fully_connected: {n_units: 3, activation: softmax}",
        dataset="BUZZ1",
    ) == [
        "c.yaml:3:14: layers[0].conv_2d: layer 1 (Conv2D) cannot be built: "
        "a window of 3 does not fit a width of 1 without padding"
    ]  # fmt: skip


def test_a_colour_net_on_a_gray_set_is_found(load) -> None:
    output = "fully_connected: {n_units: 2, activation: softmax}"
    net = "input_data: {shape: [null, 64, 64, 3]}", output
    assert findings(load, *net, dataset="BEE1") == []
    assert findings(load, *net, dataset="BEE1_gray") == [
        "c.yaml:3:17: layers[0].input_data: layer 1 (InputData) cannot be built: "
        "a shape of 64x64x3 does not fit the data's 64x64x1; "
        "for a colour net use BEE1"
    ]


def test_a_gray_net_on_a_colour_set_is_found(load) -> None:
    output = "fully_connected: {n_units: 2, activation: softmax}"
    net = "input_data: {shape: [64, 64, 1]}", output
    assert findings(load, *net, dataset="BEE1") == [
        "c.yaml:3:17: layers[0].input_data: layer 1 (InputData) cannot be built: "
        "a shape of 64x64x1 does not fit the data's 64x64x3; "
        "for a gray net use BEE1_gray"
    ]


def test_the_input_comes_first(load) -> None:
    assert findings(load, "flatten", "input_data: {shape: [784]}", OUTPUT) == [
        "c.yaml:4:17: layers[1].input_data: input_data must be the first layer"
    ]


@pytest.mark.parametrize(
    "layer",
    [
        "fully_connected: {n_units: 20, activation: softmax}",
        "conv_2d: {nb_filter: 20, filter_size: 5, activation: softmax}",
        "activation: {activation: softmax}",
    ],
)
def test_softmax_in_the_middle_is_found(load, layer: str) -> None:
    (finding,) = findings(load, layer, OUTPUT)
    name = layer.partition(":")[0]
    assert finding.startswith(f"c.yaml:3:{layer.index('softmax') + 5}: ")
    assert finding.endswith(
        f": layers[0].{name}.activation: warning: "
        "softmax in the middle of a net starves the layers behind it"
    )


@pytest.mark.parametrize("units", [2, 3, 10])
def test_an_output_in_the_middle_is_found(load, units: int) -> None:
    assert findings(load, f"fully_connected: {{n_units: {units}}}", OUTPUT) == [
        f"c.yaml:3:32: layers[0].fully_connected.n_units: warning: only {units} units "
        "in the middle of a net; was this meant to be the output layer?"
    ]


@pytest.mark.parametrize(
    ("layers", "text"),
    [
        (
            ["fully_connected: {n_units: 2, activation: softmax}"],
            "3:32: layers[0].fully_connected.n_units: the output of layer 1 "
            "(FullyConnected) has shape 2, but MNIST has 10 classes",
        ),
        (
            ["conv_2d: {nb_filter: 10, filter_size: 28, padding: valid, "
             "activation: softmax}"],
            "3:14: layers[0].conv_2d: the output of layer 1 (Conv2D) "
            "has shape 1x1x10, but MNIST has 10 classes; flatten it",
        ),
        (
            [OUTPUT, "reshape: {new_shape: [-1, 5, 2]}"],
            "4:14: layers[1].reshape: the output of layer 2 (Reshape) "
            "has shape 5x2, but MNIST has 10 classes; flatten it",
        ),
        (
            ["fully_connected: {n_units: 5, activation: softmax, name: out}"],
            "3:32: layers[0].fully_connected.n_units: the output of layer 1 (out) "
            "has shape 5, but MNIST has 10 classes",
        ),
    ],
)  # fmt: skip
def test_an_output_that_does_not_match_the_classes_is_found(
    load, layers: list[str], text: str
) -> None:
    assert findings(load, *layers) == [f"c.yaml:{text}"]


def test_crelu_gives_twice_its_units(load) -> None:
    more = "loss: mean_square\n"
    layer = "fully_connected: {n_units: 5, activation: crelu}"
    assert findings(load, layer, more=more) == [
        "c.yaml:3:47: layers[0].fully_connected.activation: warning: an output of "
        "crelu under mean_square is no probability: it cannot be averaged with other "
        "nets'"
    ]


LOGARITHM = "under categorical_crossentropy, which takes the logarithm of probabilities"


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "linear", "tanh"])
def test_an_output_that_is_no_probability_is_found(load, activation: str) -> None:
    layer = f"fully_connected: {{n_units: 10, activation: {activation}}}"
    assert findings(load, layer) == [
        "c.yaml:3:48: layers[0].fully_connected.activation: warning: "
        f"an output of {activation} {LOGARITHM}; use softmax"
    ]
    assert findings(load, layer, "activation: {activation: softmax}") == []


def test_an_output_without_an_activation_is_linear(load) -> None:
    (finding,) = findings(load, "fully_connected: {n_units: 10}")
    assert finding.endswith(f"an output of linear {LOGARITHM}; use softmax")
    (finding,) = findings(load, "fully_connected: {n_units: 10, activation: null}")
    assert finding.endswith(f"an output of linear {LOGARITHM}; use softmax")


@pytest.mark.parametrize(
    ("loss", "why"),
    [
        ("softmax_categorical_crossentropy", "softmax"),
        ("binary_crossentropy", "sigmoid"),
        ("weighted_crossentropy", "sigmoid"),
    ],
)
def test_an_activation_that_the_loss_applies_too_is_found(
    load, loss: str, why: str
) -> None:
    more = f"loss: {loss}\n"
    assert findings(load, "fully_connected: {n_units: 10}", more=more) == []
    assert findings(load, OUTPUT, more=more) == [
        "c.yaml:3:48: layers[0].fully_connected.activation: warning: an output of "
        f"softmax under {loss}, which applies a {why} of its own; use linear"
    ]


@pytest.mark.parametrize("loss", ["mean_square", "hinge_loss"])
def test_other_losses_take_any_output(load, loss: str) -> None:
    assert findings(load, OUTPUT, more=f"loss: {loss}\n") == []


@pytest.mark.parametrize("units", ["", ", activation: sigmoid"])
def test_a_hinge_that_lowers_no_wrong_class_is_found(load, units: str) -> None:
    (finding,) = findings(
        load, f"fully_connected: {{n_units: 10{units}}}", more="loss: hinge_loss\n"
    )
    assert finding.endswith(
        " under hinge_loss, which never lowers the output of a wrong class; use softmax"
    )


def test_two_layers_of_one_name_are_found(load) -> None:
    layers = [f"fully_connected: {{n_units: {n}, name: fc}}" for n in (50, 40, 30)]
    assert findings(load, *layers, OUTPUT) == [
        "c.yaml:4:42: layers[1].fully_connected.name: warning: "
        "layer 1 has the name 'fc' too; TFLearn will save this one as 'fc_1'",
        "c.yaml:5:42: layers[2].fully_connected.name: warning: "
        "layer 1 has the name 'fc' too; TFLearn will save this one as 'fc_2'",
    ]


def test_layers_without_names_may_share_one(load) -> None:
    layers = ["fully_connected: {n_units: 50}"] * 2
    assert findings(load, *layers, OUTPUT) == []


@pytest.mark.parametrize(
    ("layer", "key", "needed"),
    [
        ("fully_connected: {n_units: 50, weight_decay: 0.1}", "weight_decay",
         "regularizer"),
        ("fully_connected: {n_units: 50, bias_init: normal, bias: false}", "bias_init",
         "bias"),
        ("fully_connected: {n_units: 50, reuse: true}", "reuse", "scope"),
    ],
)  # fmt: skip
def test_a_key_that_changes_nothing_is_found(
    load, layer: str, key: str, needed: str
) -> None:
    column = layer.index(f"{key}: ") + len(key) + 7
    assert findings(load, layer, OUTPUT) == [
        f"c.yaml:3:{column}: layers[0].fully_connected.{key}: "
        f"changes nothing without {needed}"
    ]


@pytest.mark.parametrize("name", ["sgd", "SGD", "momentum"])
def test_a_decay_that_is_off_makes_its_keys_useless(load, name: str) -> None:
    more = f"optimizer: {{{name}: {{decay_step: 5, staircase: true}}}}\n"
    column = len(f"optimizer: {{{name}: {{decay_step: ") + 1
    assert findings(load, OUTPUT, more=more) == [
        f"c.yaml:4:{column}: optimizer.{name.lower()}.decay_step: "
        "changes nothing without lr_decay",
        f"c.yaml:4:{column + 14}: optimizer.{name.lower()}.staircase: "
        "changes nothing without lr_decay",
    ]


def test_dropout_behind_the_output_is_found(load) -> None:
    assert findings(load, OUTPUT, "dropout: {keep_prob: 0.5}") == [
        "c.yaml:4:14: layers[1].dropout: warning: "
        "dropout behind the output layer silences classes"
    ]


def test_a_finding_of_a_flag_points_at_the_flag(load) -> None:
    flag = "layers[0].fully_connected.n_units=3"
    loaded = load(f"dataset: MNIST\nlayers:\n  - {OUTPUT}\n", flag)
    assert [str(finding) for finding in lint(loaded, (28, 28, 1), 10)] == [
        f"-o {flag}: {flag[:-2]}: the output of layer 1 "
        "(FullyConnected) has shape 3, but MNIST has 10 classes"
    ]


def test_what_is_unknown_is_not_judged(load) -> None:
    text = "dataset: {path: x, classes: [a, b]}\nlayers:\n"
    loaded = load(
        f"{text}  - conv_1d: {{nb_filter: 3, filter_size: 3}}\n  - {OUTPUT}\n"
    )
    assert lint(loaded, None, None) == []
    loaded = load(f"{text}  - input_data: {{shape: [8, 8]}}\n  - {OUTPUT}\n")
    (finding,) = lint(loaded, None, 2)
    assert finding.severity == "error"
    assert finding.fault.text.endswith(
        f"has shape 10, but {loaded.config.dataset.path} has 2 classes"
    )
