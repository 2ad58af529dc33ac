import os
from pathlib import Path

import numpy as np
import pytest

from beenet.config import Config, dump_config, load_config, plain
from beenet.config.load import load_mapping, structure
from beenet.config.yaml_text import MAX_BYTES, parse
from beenet.errors import ConfigError

TEXT = """\
dataset: MNIST
layers:
  - fully_connected: {n_units: 10, activation: softmax}
"""


def test_the_readme_example_is_read(load) -> None:
    config = load(
        """\
# configs/mnist/convnet1.yaml: the lecture's first ConvNet
name: mnist_convnet1
dataset: MNIST
layers:
  - conv_2d: {nb_filter: 20, filter_size: 5, activation: sigmoid, name: conv_layer_1}
  - max_pool_2d: {kernel_size: 2, name: pool_layer_1}
  - fully_connected: {n_units: 100, activation: sigmoid, name: fc_layer_1}
  - fully_connected: {n_units: 10, activation: softmax, name: fc_layer_2}
optimizer: {sgd: {learning_rate: 0.1}}
loss: categorical_crossentropy
training: {epochs: 60, batch_size: 10, seed: 1}
"""
    ).config
    assert config.name == "mnist_convnet1"
    assert [node.kind for node in config.nodes] == [
        "conv_2d",
        "max_pool_2d",
        "fully_connected",
        "fully_connected",
    ]
    assert config.training.clip_gradients == 5.0


def test_all_faults_are_reported_at_once_and_in_order(refuse) -> None:
    Path("x").mkdir()
    text = """\
training: {epochs: 0, sed: 1}
layers:
  - conv_2d: {nb_filter: -3, filter_siz: 5}
  - flaten
  - dropout: {keep_prob: 50}
dataset: {path: x}
optimizr: sgd
loss: 3
"""
    assert refuse(text) == [
        "c.yaml:1:20: training.epochs: must be at least 1, got 0",
        "c.yaml:1:23: training.sed: is not a known key; did you mean 'seed'?",
        "c.yaml:3:26: layers[0].conv_2d.nb_filter: must be at least 1, got -3",
        "c.yaml:3:30: layers[0].conv_2d.filter_siz: is not a known key; "
        "did you mean 'filter_size'?",
        'c.yaml:4:5: layers[1]: is not a layer that beenet knows, got "flaten"; '
        "did you mean 'flatten'?",
        "c.yaml:5:26: layers[2].dropout.keep_prob: must be at most 1, got 50",
        "c.yaml:6:10: dataset: needs classes: the names of its classes in one-hot "
        "order",
        "c.yaml:7:1: optimizr: is not a known key; did you mean 'optimizer'?",
        "c.yaml:8:7: loss: must be a loss: a name, or one name with its arguments, "
        "got 3",
    ]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ["1:1: is empty"]),
        ("# later\n", ["1:1: is empty"]),
        ("null\n", ["1:1: is empty"]),
        (
            "base: a.yaml\nseeds: 5\n",
            ["1:1: is a sweep, not a config; beenet sweep FILE --dry-run checks it"],
        ),
        (
            "- conv_2d\n",
            ["1:1: must be a mapping with keys such as dataset and layers, got a list"],
        ),
        (
            "dataset MNIST\n",
            [
                "1:1: must be a mapping with keys such as dataset and layers, "
                "got a single value"
            ],
        ),
        ("{}\n", ["1:1: dataset: is required", "1:1: layers: is required"]),
        ("dataset: MNIST\n", ["1:1: layers: is required"]),
        ("a: [", ["1:5: is not YAML: a [ or { is not closed, or a comma is missing"]),
        ("a:\n\t- b", ["2:1: a tab cannot indent YAML; use spaces"]),
    ],
)
def test_what_is_no_config_is_refused(refuse, text: str, faults: list[str]) -> None:
    assert refuse(text) == [f"c.yaml:{fault}" for fault in faults]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (
            "epochs: 5",
            "4:1: epochs: is not a known key; did you mean 'training.epochs'?",
        ),
        (
            "learning_rate: 5",
            "4:1: learning_rate: is not a known key; "
            "did you mean 'optimizer.adam.learning_rate'?",
        ),
        (
            "optimizer: sgd\nlr: 5",
            "5:1: lr: is not a known key; did you mean 'optimizer.sgd.learning_rate'?",
        ),
        ("path: x", "4:1: path: is not a known key; did you mean 'dataset.path'?"),
        (
            "training: {loss: mean_square}",
            "4:12: training.loss: is not a known key; it belongs at the top level, "
            "beside training",
        ),
        (
            "training: {n_epoch: 5}",
            "4:12: training.n_epoch: is not a known key; did you mean 'epochs'?",
        ),
        (
            "training: {validation_set: 5}",
            "4:12: training.validation_set: is not a known key; known are epochs, "
            "batch_size, shuffle, seed, device, threads, clip_gradients, "
                "class_weights, schedule, early_stopping, save_best, checkpoint_every",
        ),
        (
            "loss: {mean_square: {weight: 1}}",
            "4:22: loss.mean_square.weight: is not a known key; there are no keys "
            "here",
        ),
        (
            "'a b': 1",
            '4:1: "a b": is not a known key; known are name, dataset, '
            "preprocessing, augmentation, layers, optimizer, loss, metric, from, "
                "training, tracking",
        ),
        ("training:", "4:10: training: must be a mapping of keys, got null"),
        ("layers: []", "4:1: layers: is given twice, first on line 2"),
    ],
)  # fmt: skip
def test_an_unknown_key_says_where_it_belongs(refuse, line: str, fault: str) -> None:
    assert refuse(TEXT + line + "\n") == [f"c.yaml:{fault}"]


LIST = "must be a list, its items after '-' or in [ ], got "


@pytest.mark.parametrize(
    ("layers", "fault"),
    [
        ("[]", "9: layers: must hold at least one layer"),
        ("", f"8: layers: {LIST}null"),
        ("flatten", f'9: layers: {LIST}"flatten"'),
        ("{flatten: {}}", f'9: layers: {LIST}{{"flatten": {{}}}}'),
    ],
)
def test_layers_are_a_list(refuse, layers: str, fault: str) -> None:
    assert refuse(f"dataset: MNIST\nlayers: {layers}\n") == [f"c.yaml:2:{fault}"]


DATASET = (
    "must be the name of a data set, a list of several, or a mapping with name or path"
)
KNOWN = (
    "MNIST, BEE1, BEE1_gray, BEE2_1S, BEE2_1S_gray, BEE4, BEE4_gray, "
    "BUZZ1, BUZZ2, BUZZ3"
)


@pytest.mark.parametrize(
    ("dataset", "fault"),
    [
        ("5", f"10: dataset: {DATASET}, got 5"),
        ("", f"9: dataset: {DATASET}, got null"),
        ("[MNIST]", f'10: dataset: {DATASET}, got ["MNIST"]'),
        ("{}", "10: dataset: needs a name, or a path and classes"),
        ("{name: 5}", "17: dataset.name: must be the name of a data set, got 5"),
        (
            "mnits",
            "10: dataset.name: no data set is called 'mnits'; did you mean MNIST? "
            f"known: {KNOWN}",
        ),
        (
            "{name: CIFAR}",
            f"17: dataset.name: no data set is called 'CIFAR'; known: {KNOWN}",
        ),
        (
            "{name: MNIST, classes: [a, b]}",
            "10: dataset: needs no classes: MNIST has its own",
        ),
        (
            "{path: x}",
            "10: dataset: needs classes: the names of its classes in one-hot order",
        ),
        (
            "{path: x, classes: [a]}",
            "29: dataset.classes: must hold at least two classes",
        ),
        ("{path: x, classes: a}", f'29: dataset.classes: {LIST}"a"'),
        ("{path: x, classes: [a, b, a]}", "10: dataset: names a class twice"),
        (
            r'{path: x, classes: [a, "b\tc"]}',
            r"10: dataset: a class cannot be called 'b\tc'",
        ),
        ("{path: x, classes: [a, '']}", "10: dataset: a class cannot be called ''"),
        ("{path: x, classes: [a, 1]}", "33: dataset.classes[1]: must be text, got 1"),
        ("{path: '', classes: [a, b]}", '17: dataset.path: must not be empty, got ""'),
        ("{path: 5, classes: [a, b]}", "17: dataset.path: must be text, got 5"),
        (
            "{name: MNIST, split: 1}",
            "24: dataset.split: is not a known key; known are name, path, classes, "
            "plus",
        ),
    ],
)  # fmt: skip
def test_a_dataset_is_refused_in_words(refuse, dataset: str, fault: str) -> None:
    Path("x").mkdir()
    text = f"dataset: {dataset}\nlayers: [flatten]\n"
    assert refuse(text) == [f"c.yaml:1:{fault}"]


START = "must be a saved model, or a mapping with model, got "
NAMES = "must be a mapping of the file's names to this config's, got "


@pytest.mark.parametrize(
    ("start", "fault"),
    [
        ("5", f"7: from: {START}5"),
        ("[a.tfl]", f'7: from: {START}["a.tfl"]'),
        ("''", '7: from.model: must not be empty, got ""'),
        ("{}", "1: from.model: is required"),
        ("{names: {a: b}}", "1: from.model: is required"),
        ("{model: 5}", "15: from.model: must be text, got 5"),
        (
            "{modl: x, model: y}",
            "8: from.modl: is not a known key; did you mean 'model'?",
        ),
        (
            "{model: x, take: y}",
            "18: from.take: is not a known key; known are model, names, layers",
        ),
        ("{model: x, names: [a]}", f'25: from.names: {NAMES}["a"]'),
        ("{model: x, names: {a: 5}}", f'25: from.names: {NAMES}{{"a": 5}}'),
        ("{model: x, names: {a: ''}}", f'25: from.names: {NAMES}{{"a": ""}}'),
        ("{model: x, names: {a: c, b: c}}", '25: from.names: fills "c" twice'),
        ("{model: x, layers: []}", "26: from.layers: must hold at least one layer"),
        ("{model: x, layers: a}", f'26: from.layers: {LIST}"a"'),
    ],
)
def test_a_warm_start_is_refused_in_words(refuse, start: str, fault: str) -> None:
    assert refuse(f"from: {start}\n{TEXT}") == [f"c.yaml:1:{fault}"]


def test_a_misspelt_from_is_seen(refuse) -> None:
    assert refuse(f"form: a\n{TEXT}") == [
        "c.yaml:1:1: form: is not a known key; did you mean 'from'?"
    ]


def test_a_warm_start_may_be_a_bare_path(load, tmp_path: Path) -> None:
    bare = load(f"from: runs/a\n{TEXT}").config
    assert bare == load(f"from: {{model: runs/a}}\n{TEXT}").config
    assert bare.warm_start.model == str(tmp_path / "runs" / "a")
    assert plain(bare)["from"] == {
        "model": str(tmp_path / "runs" / "a"),
        "names": {},
        "layers": None,
    }
    assert Config.model_validate(plain(bare)) == bare
    assert load(TEXT, "from=a").config.warm_start.model == str(tmp_path / "a")
    flags = ("from.model=a", "from.names={x: y}", "from.layers=[y]")
    start = load(TEXT, *flags).config.warm_start
    assert (start.names, start.layers) == ({"x": "y"}, ("y",))
    assert load(f"from: null\n{TEXT}").config.warm_start is None


@pytest.mark.parametrize("name", ["BEE_4", "bee4", "BEE4"])
def test_a_dataset_has_one_name_whatever_its_spelling(load, name: str) -> None:
    text = f"dataset: {name}\nlayers: [flatten]\n"
    assert load(text).config.dataset.name == "BEE4"
    text = f"dataset: {{name: {name}}}\nlayers: [flatten]\n"
    assert load(text).config.dataset.name == "BEE4"


def test_a_config_without_a_name_takes_its_files(load, tmp_path: Path) -> None:
    assert load(TEXT).config.name == "c"
    assert load(TEXT + "name: mnist/a-1.b_2\n").config.name == "mnist/a-1.b_2"
    file = tmp_path / "2 nets.yaml"
    file.write_text(TEXT)
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert str(caught.value) == (
        f"{file}:1:1: name: is not given, and the file's own name must be words of "
        "letters, digits, '_', '.' and '-', parted by '/', got \"2 nets\""
    )
    assert load_config(file, ["name=two"]).config.name == "two"


@pytest.mark.parametrize(
    "name", ["a b", "../a", "/a", "a//b", "a/", ".a", "''", "5", "a/../b", "蜂", "-a"]
)
def test_a_name_stays_below_the_folder_of_runs(refuse, name: str) -> None:
    (fault,) = refuse(f"{TEXT}name: {name}\n")
    assert fault.startswith("c.yaml:4:7: name: must be words of letters, digits")


OWN = "dataset: {path: %s, classes: [a, b]}\nlayers: [flatten]\n"


def test_a_path_in_the_file_counts_from_the_files_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "else").mkdir()
    file = tmp_path / "configs" / "c.yaml"
    monkeypatch.chdir(tmp_path / "else")

    def path(text: str, *flags: str) -> str | None:
        file.write_text(OWN % text)
        return load_config(file, flags).config.dataset.path

    assert path("../pickles/") == str(tmp_path / "pickles")
    assert path("/data/bees") == os.path.abspath("/data/bees")
    assert path("~/bees") == str(Path.home() / "bees")
    assert path("x", "dataset.path=bees") == str(tmp_path / "else" / "bees")
    assert path("x", "dataset={path: bees, classes: [a, b]}") == str(
        tmp_path / "else" / "bees"
    )
    assert path("x", "dataset.path=~/bees") == str(Path.home() / "bees")

    def model(text: str, *flags: str) -> str:
        file.write_text(f"from: {text}\n{TEXT}")
        start = load_config(file, flags).config.warm_start
        assert start is not None
        return start.model

    assert model("../runs/a") == str(tmp_path / "runs" / "a")
    assert model("{model: a}") == str(tmp_path / "configs" / "a")
    assert model("{model: a}", "from.model=a") == str(tmp_path / "else" / "a")
    assert model("a", "from=~/a") == str(Path.home() / "a")


def test_a_home_that_is_unknown_is_a_folder_of_that_name(load, tmp_path: Path) -> None:
    loaded = load(OWN % "~no_such_user_here/x")
    assert loaded.config.dataset.path == str(tmp_path / "~no_such_user_here" / "x")


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "no.yaml")
    assert str(caught.value) == f"{tmp_path / 'no.yaml'}: No such file or directory"
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}: ")


def test_what_is_not_utf_8_is_said(load, refuse) -> None:
    assert refuse(b"name: caf\xe9\n") == [
        "c.yaml: is not UTF-8 text (byte 9); is it a config?"
    ]
    assert refuse(TEXT.encode("utf-16"))[0].startswith("c.yaml: is not UTF-8 text")
    assert load(b"\xef\xbb\xbf" + TEXT.encode()).config.name == "c"
    assert load(TEXT.replace("\n", "\r\n")).config.name == "c"


@pytest.mark.parametrize("character", ["x", "é"])
def test_a_file_over_a_megabyte_is_no_config(refuse, character: str) -> None:
    assert refuse("# " + character * MAX_BYTES) == [
        "c.yaml: is larger than 1,000,000 bytes; is it a config?"
    ]


def test_a_resolved_config_spells_out_every_default(load) -> None:
    text = dump_config(load(TEXT).config)
    assert text == (
        "name: c\n"
        "dataset: {name: MNIST, path: null, classes: null, plus: null}\n"
        "preprocessing: []\n"
        "augmentation: []\n"
        "layers:\n"
        "- fully_connected:\n"
        "    n_units: 10\n"
        "    activation: softmax\n"
        "    weights_init:\n"
        "      truncated_normal: {mean: 0.0, stddev: 0.02, seed: null}\n"
        "    bias_init: zeros\n"
        "    regularizer: null\n"
        "    weight_decay: 0.001\n"
        "    trainable: true\n"
        "    restore: true\n"
        "    reuse: false\n"
        "    scope: null\n"
        "    bias: true\n"
        "    name: FullyConnected\n"
        "optimizer:\n"
        "  adam: {learning_rate: 0.001, use_locking: false, beta1: 0.9, "
        "beta2: 0.999, epsilon: 1.0e-08, name: Adam}\n"
        "loss: categorical_crossentropy\n"
        "metric:\n"
        "  accuracy: {name: null}\n"
        "from: null\n"
        "training: {epochs: 10, batch_size: 64, shuffle: true, seed: 1, "
        "device: auto, threads: auto, "
        "clip_gradients: 5.0, class_weights: null,\n"
        "  schedule: null, early_stopping: null, save_best: null, "
        "checkpoint_every: 60.0}\n"
    )


def test_a_dataset_knows_its_shape_and_classes(load) -> None:
    dataset = load(TEXT).config.dataset
    assert (dataset.title, dataset.shape, dataset.n_classes) == (
        "MNIST",
        (28, 28, 1),
        10,
    )
    dataset = load(OWN % "/x").config.dataset
    assert (dataset.shape, dataset.n_classes) == (None, 2)


def test_an_optimizer_given_by_name_and_class_is_refused(refuse) -> None:
    assert refuse(TEXT + "optimizer: {sgd: {}, SGD: {}}\n") == [
        "c.yaml:4:12: optimizer: must be an optimizer: a name, or one name with its "
        "arguments, got the names sgd, SGD; only one may stand here, such as "
        '{"SGD": {}}'
    ]


def test_a_resolved_config_is_the_same_config(load) -> None:
    config = load(TEXT).config
    document, faults = parse(dump_config(config), "c.yaml")
    assert faults == []
    assert structure(document) == config
    assert Config.model_validate(plain(config)) == config


def test_a_folder_that_is_not_there_is_told_before_its_classes(refuse, tmp_path):
    assert refuse("dataset: {path: nowhere}\nlayers: [flatten]\n") == [
        f"c.yaml:1:10: dataset: there is no folder {tmp_path}/nowhere; a relative path "
        "counts from the config's folder, or, given by -o, from the current one"
    ]


def test_numbers_of_numpys_are_plain(tmp_path):
    layer = {"fully_connected": {"n_units": np.int64(10), "activation": "softmax"}}
    config = {"name": "a", "dataset": "MNIST", "layers": [layer],
              "optimizer": {"sgd": {"learning_rate": np.float64(0.5)}}}  # fmt: skip
    loaded = load_mapping(config)
    assert loaded.config.nodes[0].layer.n_units == 10
    assert loaded.config.optimizer.learning_rate == 0.5
    with pytest.raises(ConfigError, match="config: must be plain data"):
        load_mapping({"name": np.zeros(3)})
