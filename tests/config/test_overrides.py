from pathlib import Path

import pytest

TEXT = """\
dataset: MNIST
layers:
  - conv_2d: {nb_filter: 20, filter_size: 5}
  - flatten
  - fully_connected: {n_units: 10, activation: softmax}
optimizer: sgd
training: {epochs: 3}
"""


def value(load, path: str, flag: str) -> object:
    here: object = load(TEXT, flag).config
    for step in path.split("."):
        here = here[int(step)] if isinstance(here, tuple) else getattr(here, step)
    return here


@pytest.mark.parametrize(
    ("flag", "path", "expected"),
    [
        ("training.epochs=5", "training.epochs", 5),
        ("training.batch_size=5", "training.batch_size", 5),
        (" training.epochs =5", "training.epochs", 5),
        ("training.clip_gradients=1e-3", "training.clip_gradients", 0.001),
        ("training.shuffle=false", "training.shuffle", False),
        ("training={epochs: 7, seed: 2}", "training.seed", 2),
        ("name=a/b", "name", "a/b"),
        ("training.class_weights.3=2", "training.class_weights", {"3": 2.0}),
        ("dataset=BEE_4", "dataset.name", "BEE4"),
        ("dataset.name=BEE1", "dataset.name", "BEE1"),
        ("optimizer=adam", "optimizer.yaml_name", "adam"),
        ("optimizer={adam: {beta1: 0.5}}", "optimizer.beta1", 0.5),
        ("optimizer.sgd.learning_rate=.5", "optimizer.learning_rate", 0.5),
        ("layers[0].conv_2d.nb_filter=30", "nodes.0.layer.nb_filter", 30),
        ("layers.0.conv_2d.nb_filter=30", "nodes.0.layer.nb_filter", 30),
        ("layers[0].conv_2d.filter_size=[3, 5]", "nodes.0.layer.filter_size", (3, 5)),
        ("layers[1].flatten.name=flat", "nodes.1.layer.name", "flat"),
        ("layers[1]=global_avg_pool", "nodes.1.layer.yaml_name", "global_avg_pool"),
        ("layers=[flatten, highway: {n_units: 3}]", "nodes.1.layer.n_units", 3),
        ("layers[2].fully_connected.activation=null", "nodes.2.layer.activation", None),
    ],
)
def test_a_flag_sets_a_value(load, flag: str, path: str, expected: object) -> None:
    assert value(load, path, flag) == expected


def test_a_flag_leaves_the_rest_alone(load) -> None:
    plain, changed = load(TEXT), load(TEXT, "training.seed=2")
    assert changed.config.training.seed == 2
    assert changed.config.training.epochs == 3
    assert changed.config.layers == plain.config.layers


def test_an_optimizer_may_stand_under_its_class_name(load) -> None:
    for text in ("SGD", "{SGD: {lr_decay: 0.5}}"):
        loaded = load(TEXT.replace("sgd", text), "optimizer.sgd.learning_rate=0.25")
        assert loaded.config.optimizer.learning_rate == 0.25


def test_the_last_flag_wins(load) -> None:
    loaded = load(TEXT, "training.epochs=4", "training.epochs=5")
    assert loaded.config.training.epochs == 5


def test_a_value_may_hold_an_equals_sign(load, refuse) -> None:
    loaded = load(TEXT, "dataset={path: a=b, classes: [c, d]}")
    assert loaded.config.dataset.path == str(Path("a=b").resolve())
    assert refuse(TEXT, "name=a=b") == [
        "-o name=a=b: name: must be words of letters, digits, '_', '.' and '-', "
        "parted by '/', got \"a=b\""
    ]


NO_PATH = "is not a path of keys such as layers[0].conv_2d.nb_filter, got "


@pytest.mark.parametrize(
    ("flag", "fault"),
    [
        ("training.epochs", "must be KEY=VALUE, as in training.epochs=5"),
        ("=5", "must be KEY=VALUE, as in training.epochs=5"),
        ("", "must be KEY=VALUE, as in training.epochs=5"),
        ("training..epochs=5", f"{NO_PATH}training..epochs"),
        (".training=5", f"{NO_PATH}.training"),
        ("training.=5", f"{NO_PATH}training."),
        ("[0].a=5", f"{NO_PATH}[0].a"),
        ("layers[-1].flatten=5", f"{NO_PATH}layers[-1].flatten"),
        ("layers[x].flatten=5", f"{NO_PATH}layers[x].flatten"),
        ("layers[0=5", f"{NO_PATH}layers[0"),
        ("layers[0]flatten=5", f"{NO_PATH}layers[0]flatten"),
        ("layers[3]=flatten", "layers: has items 0 to 2; there is no 3"),
        (
            "layers.conv_2d.nb_filter=3",
            "layers: is a list; its items go by number: layers[0]",
        ),
        ("training[0]=3", 'training: is not a list, but {"epochs": 3}'),
        ("training[0].a=3", 'training: is not a list, but {"epochs": 3}'),
        ("training.epochs.x=3", "training.epochs: has no key x, as it is 3"),
        (
            "optimizer.adam.learning_rate=1",
            'optimizer: has no key adam, as it is "sgd"',
        ),
        (
            "optimizer.sgd.lr=1",
            "optimizer.sgd.lr: is not a known key; did you mean 'learning_rate'?",
        ),
        ("trainin.epochs=5", "trainin: is not a known key; did you mean 'training'?"),
        (
            "training.epoch=5",
            "training.epoch: is not a known key; did you mean 'epochs'?",
        ),
        ("epochs=5", "epochs: is not a known key; did you mean 'training.epochs'?"),
        ("training.epochs=x", 'training.epochs: must be a whole number, got "x"'),
        ("training.epochs=", "training.epochs: must be a whole number, got null"),
        ("training=5", "training: must be a mapping of keys, got 5"),
        (
            "layers[0].conv_2d.padding=full",
            'layers[0].conv_2d.padding: must be one of same, valid, got "full"',
        ),
        (
            "layers[1].dropout.keep_prob=1",
            'layers[1]: has no key dropout, as it is "flatten"',
        ),
        (
            "layers[0].dropout.keep_prob=1",
            "layers[0]: must be a layer: a name, or one name with its arguments, "
            "got the names conv_2d, dropout; only one may stand here, such as "
            '{"dropout": {"keep_prob": 1}}',
        ),
        ("layers[0]={conv_2d: {nb_filter: 3}}",
         "layers[0].conv_2d.filter_size: is required"),
        ("dataset.classes=[a, b]", "dataset: needs no classes: MNIST has its own"),
        ("training=[", "training: is not YAML: a [ or { is not closed, or a comma "
                       "is missing"),
        ("training={epochs: 1, epochs: 2}",
         "training: is given twice, first on line 1"),
        ("training.epochs=!!int 5", "training.epochs: tags are not read, got !!int"),
    ],
)  # fmt: skip
def test_a_fault_of_a_flag_points_at_the_flag(refuse, flag: str, fault: str) -> None:
    assert refuse(TEXT, flag) == [f"-o {flag}: {fault}"]


def test_a_long_flag_is_cut_short(refuse) -> None:
    (fault,) = refuse(TEXT, f"layers[{'9' * 5000}]=1")
    assert fault == (f"-o layers[{'9' * 50}...: {NO_PATH}layers[{'9' * 50}...")
    (fault,) = refuse(TEXT, "training.epochs=x\ny: 1")
    assert fault.startswith("-o training.epochs=x y: 1: training.epochs: is not YAML")


def test_the_faults_of_all_flags_are_reported(refuse) -> None:
    assert refuse(TEXT, "a", "layers[9]=1") == [
        "-o a: must be KEY=VALUE, as in training.epochs=5",
        "-o layers[9]=1: layers: has items 0 to 2; there is no 9",
    ]
    assert refuse(TEXT + "x: 1\n", "training.epochs=0", "y=1") == [
        "-o training.epochs=0: training.epochs: must be at least 1, got 0",
        "-o y=1: y: is not a known key; known are name, dataset, preprocessing, "
        "augmentation, layers, optimizer, loss, metric, from, training, tracking",
        "c.yaml:8:1: x: is not a known key; known are name, dataset, preprocessing, "
        "augmentation, layers, optimizer, loss, metric, from, training, tracking",
    ]


def test_a_flag_mends_what_is_wrong_in_the_file(load) -> None:
    text = TEXT.replace("epochs: 3", "epochs: many")
    assert load(text, "training.epochs=3").config.training.epochs == 3


def test_flags_alone_may_fill_an_empty_file(load) -> None:
    assert load("", "dataset=MNIST", "layers=[flatten]").config.dataset.name == "MNIST"


def test_flags_do_not_hide_that_a_file_is_no_config(refuse) -> None:
    assert refuse("- a\n", "training.epochs=3") == [
        "c.yaml:1:1: must be a mapping with keys such as dataset and layers, got a list"
    ]
