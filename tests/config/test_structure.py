import pytest

from beenet.config.estimator import OPTIMIZERS, SGD, Adam
from beenet.config.functions import INITIALIZERS
from beenet.config.model import Config
from beenet.config.structure import keys_at, unparse

HEAD = "dataset: MNIST\nlayers: [{fully_connected: {n_units: 10}}]\n"
LAYERS = "dataset: MNIST\nlayers:\n"


@pytest.mark.parametrize(
    "text", ["sgd", "SGD", "{sgd: null}", "{sgd: {}}", "{SGD: {}}", "{SGD: }"]
)
def test_a_name_without_arguments_has_the_defaults(load, text: str) -> None:
    assert load(f"{HEAD}optimizer: {text}\n").config.optimizer == SGD()


def test_arguments_stand_below_their_name(load) -> None:
    config = load(HEAD + "optimizer: {sgd: {learning_rate: 1e-1}}\n").config
    assert config.optimizer == SGD(learning_rate=0.1)
    assert load(HEAD).config.optimizer == Adam()


NOT_ONE = "must be an optimizer: a name, or one name with its arguments, got "


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", f"1: optimizer: {NOT_ONE}null"),
        ("3", f"2: optimizer: {NOT_ONE}3"),
        ("{}", f"2: optimizer: {NOT_ONE}{{}}"),
        ("[sgd]", f'2: optimizer: {NOT_ONE}["sgd"]'),
        (
            "{sgd: {}, adam: {}}",
            f"2: optimizer: {NOT_ONE}the names sgd, adam; only one may stand here, "
            'such as {"adam": {}}',
        ),
        (
            "{sgd, learning_rate: 0.1}",
            f"2: optimizer: {NOT_ONE}the names sgd, learning_rate; "
            "indent learning_rate further, below sgd (sgd.learning_rate)",
        ),
        ("{a: 1, b: 2}", f"2: optimizer: {NOT_ONE}the names a, b"),
        (
            "SDG",
            '2: optimizer: is not an optimizer that beenet knows, got "SDG"; '
            "did you mean 'sgd'?",
        ),
        (
            "{Adm: {}}",
            '2: optimizer: is not an optimizer that beenet knows, got "Adm"; '
            "did you mean 'adam'?",
        ),
        (
            "get",  # a name in TFLearn's module, which TFLearn itself would take
            '2: optimizer: is not an optimizer that beenet knows, got "get"; '
            "known are sgd, momentum, nesterov, adam, rmsprop, adagrad, ftrl, "
            "adadelta, proximaladagrad",
        ),
        (
            "{sgd: 0.1}",
            "2: optimizer: sgd must be a mapping of arguments, got 0.1; "
            "did you mean {learning_rate: 0.1}?",
        ),
        (
            "{SGD: {learning_rat: 0.1}}",
            "9: optimizer.sgd.learning_rat: is not a known key; "
            "did you mean 'learning_rate'?",
        ),
    ],
)
def test_one_of_many_is_refused_in_words(refuse, text: str, fault: str) -> None:
    column = {"1": "11", "2": "12", "9": "19"}[fault[0]]
    assert refuse(f"{HEAD}optimizer: {text}\n") == [f"c.yaml:3:{column}{fault[1:]}"]


@pytest.mark.parametrize(
    ("layer", "hint"),
    [
        ("fully_connected: 100", "100; did you mean {n_units: 100}?"),
        ("dropout: 0.5", "0.5; did you mean {keep_prob: 0.5}?"),
        ("max_pool_2d: 2", "2; did you mean {kernel_size: 2}?"),
        ("reshape: [-1, 784]", "[-1, 784]; did you mean {new_shape: [-1, 784]}?"),
        ("conv_2d: 20", "20; did you mean {nb_filter: 20}?"),
        ("conv_2d: [20, 5]", "[20, 5]; did you mean {nb_filter: 20, filter_size: 5}?"),
        ("conv_2d: [20, 5, relu]", '[20, 5, "relu"]'),
        ("flatten: true", "true"),
        ("flatten: x", '"x"'),
    ],
)
def test_bare_arguments_are_guessed_at(refuse, layer: str, hint: str) -> None:
    name = layer.partition(":")[0]
    assert refuse(f"{LAYERS}  - {layer}\n") == [
        f"c.yaml:3:5: layers[0]: {name} must be a mapping of arguments, got {hint}"
    ]


@pytest.mark.parametrize(
    ("layer", "hint"),
    [
        ("softmax", "of an activation write - activation: {activation: softmax}"),
        ("regression: {loss: mean_square}",
         "say optimizer, loss and metric at the top level"),
        ("maxpool", "did you mean 'max_pool_2d'?"),
        ("fc", "did you mean 'fully_connected'?"),
        ("BN", "did you mean 'batch_normalization'?"),
        ("linear: {n_units: 4}", "did you mean 'fully_connected'?"),
        ("add", "write - merge: {mode: elemwise_sum}, and ids in its from"),
    ],
)  # fmt: skip
def test_what_is_no_layer_in_tflearn_is_told_what_is(refuse, layer, hint):
    (told,) = refuse(f"{LAYERS}  - {layer}\n")
    assert told.endswith(f"; {hint}")


@pytest.mark.parametrize("name", ["rate", "p_dropout", "drop_prob"])
def test_the_share_that_a_dropout_drops_is_not_the_one_that_it_keeps(refuse, name):
    told = refuse(f"{LAYERS}  - dropout: {{{name}: 0.2}}\n")
    assert any(
        f"dropout.{name}: is not a known key; keep_prob is the share that is kept, 1 "
        "less the share dropped" in line
        for line in told
    )


def test_a_list_of_arguments_is_guessed_at_only_where_that_would_do(refuse):
    (told,) = refuse(LAYERS + "  - fully_connected: [100, sigmoid]\n")
    assert told.endswith('must be a mapping of arguments, got [100, "sigmoid"]')
    (told,) = refuse(LAYERS + "  - conv_2d: [20, 5]\n")
    assert told.endswith("; did you mean {nb_filter: 20, filter_size: 5}?")


def test_ids_stand_beside_a_layer(refuse):
    told = refuse(LAYERS + "  - merge: {mode: concat, from: [a, b]}\n")
    assert told[-1].endswith("is not a known key; it stands beside merge, not in it")


def test_a_missing_space_is_seen(refuse):
    told = refuse(LAYERS + "  - fully_connected: {n_units:100, activation: relu}\n")
    assert told[-1].endswith(
        "n_units:100: is not a known key; a space is missing after the colon: "
        "n_units: 100"
    )


def test_arguments_that_are_not_indented_are_seen(refuse) -> None:
    text = "  - conv_2d:\n    nb_filter: 20\n    filter_size: 5\n"
    assert refuse(LAYERS + text) == [
        "c.yaml:3:5: layers[0]: must be a layer: a name, or one name with its "
        "arguments, got the names conv_2d, nb_filter, filter_size; "
        "indent nb_filter, filter_size further, below conv_2d (conv_2d.nb_filter)"
    ]


def test_a_bare_name_that_needs_arguments_says_which(refuse) -> None:
    assert refuse(LAYERS + "  - flatten\n  - conv_2d\n") == [
        "c.yaml:4:5: layers[1].conv_2d.nb_filter: is required",
        "c.yaml:4:5: layers[1].conv_2d.filter_size: is required",
    ]


def test_what_a_name_takes_it_gives_back() -> None:
    assert unparse(INITIALIZERS["zeros"]()) == "zeros"
    assert unparse(OPTIMIZERS["sgd"](learning_rate=0.5)) == {
        "sgd": {
            "learning_rate": 0.5,
            "use_locking": False,
            "lr_decay": 0.0,
            "decay_step": 100,
            "staircase": False,
            "name": "SGD",
        }
    }


@pytest.mark.parametrize(
    ("path", "some"),
    [
        ((), {"name", "dataset", "layers", "training"}),
        (("training",), {"epochs", "seed"}),
        (("dataset",), {"name", "path", "classes"}),
        (("optimizer", "sgd"), {"learning_rate", "lr_decay"}),
        (("optimizer", "SGD"), {"learning_rate", "lr_decay"}),
        (("layers", 3, "conv_2d"), {"nb_filter", "padding"}),
        (("layers", 0, "conv_2d", "activation", "leaky_relu"), {"alpha"}),
        (("layers", 0, "conv_2d", "weights_init", "normal"), {"stddev"}),
    ],
)
def test_the_known_keys_of_every_mapping_are_found(
    path: tuple[str | int, ...], some: set[str]
) -> None:
    assert some <= set(keys_at(Config, path))


@pytest.mark.parametrize(
    "path",
    [
        ("nothing",),
        ("name",),
        ("layers",),
        ("layers", 0),
        ("layers", "conv_2d"),
        ("optimizer", "x"),
        ("training", "epochs", 3),
        ("dataset", "classes", 0),
    ],
)
def test_what_is_no_mapping_has_no_keys(path: tuple[str | int, ...]) -> None:
    assert keys_at(Config, path) == []
