import ast
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import beenet
from beenet.config import load_config
from beenet.engine import predict
from beenet.experiment.predict import open_predictor
from beenet.export.script import Subject, script
from beenet.network.build import build
from beenet.network.saved import save_model
from beenet.text.terminal import printable

CONFIGS = sorted(
    path
    for path in (Path(beenet.__file__).parents[1] / "configs").rglob("*.yaml")
    if path.parent.name != "sweeps"
)

LAYERS = """\
    network = input_data(shape=[None, 8, 8, 1])
    network = conv_2d(
        network,
        nb_filter=4,
        filter_size=3,
        activation=lambda x: tflearn.activations.leaky_relu(x, alpha=0.3),
    )
    network = batch_normalization(network)
    network = max_pool_2d(network, 2, name="pool")
    network = dropout(network, 0.8)
    network = fully_connected(network, 8, activation="prelu")
    network = fully_connected(network, 3, activation="softmax", name="out")
    return network
"""


def subject_of(config):
    shape = config.dataset.shape or (8, 8, 1)
    classes = config.dataset.classes or tuple(map(str, range(config.dataset.n_classes)))
    return Subject(config, "data", shape, classes, "model.tfl")


def formatted(text):
    """What the formatter of this repository makes of a script."""
    return subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--no-cache", "-"],
        input=text,
        capture_output=True,
        check=True,
        text=True,
    ).stdout


def test_the_layers_are_written_as_a_person_would(model):
    text = script(subject_of(load_config(model.parent / "own.yaml").config))
    assert text.partition('output."""\n')[2].startswith(LAYERS)
    assert "variance_scaling" not in text
    assert formatted(text) == text


@pytest.mark.parametrize(
    "title", ['bees"""\nopen("ran", "w")\n"""', "C:\\users\\N{bee}", 'bees"', "a\\"]
)
def test_what_a_stranger_calls_the_data_is_never_run(model, tmp_path, title):
    subject = subject_of(load_config(model.parent / "own.yaml").config)
    text = script(replace(subject, dataset=title, model=f"{title}.tfl"))
    (docstring, *rest) = ast.parse(text).body
    said = ast.literal_eval(docstring.value)
    assert printable(" ".join(title.splitlines())) + "." in said.splitlines()
    assert ast.dump(ast.Module(rest, [])) == ast.dump(
        ast.Module(ast.parse(script(subject)).body[1:], [])
    )


def test_an_initializer_that_tensorflow_lost_is_brought_along(tiny):
    config = tiny("layers[0].conv_2d.weights_init=xavier").config
    text = script(subject_of(config))
    assert "tflearn.initializations.xavier = xavier" in text
    assert formatted(text) == text


@pytest.mark.parametrize("path", CONFIGS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_shipped_config_can_be_written(path):
    compile(script(subject_of(load_config(path).config)), path.stem, "exec")


def test_the_script_answers_with_the_same_bits_and_without_beenet(model, tmp_path):
    x = np.random.default_rng(1).integers(0, 256, (40, 8, 8, 1), dtype=np.uint8)
    np.save(tmp_path / "x.npy", x)
    with open_predictor(model) as opened:
        ours = predict(opened.network, x)
        (tmp_path / "net.py").write_text(script(subject_of(opened.config)))
    code = (
        "import runpy, sys\n"
        "sys.modules['beenet'] = None\n"  # any import of it fails
        "sys.argv = ['net.py', *sys.argv[1:]]\n"
        "runpy.run_path('net.py', run_name='__main__')\n"
    )
    prefix = model / "model.tfl"
    done = subprocess.run(
        [sys.executable, "-c", code, str(prefix), "x.npy"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={
            **os.environ,
            "TF_NUM_INTRAOP_THREADS": "1",
            "TF_NUM_INTEROP_THREADS": "1",
        },
    )
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    theirs = np.array([row[1:] for row in rows], np.float32)
    assert np.ptp(ours) > 0.1
    assert np.array_equal(theirs, ours)
    classes = ("LIGHT", "DARK", "STRIPED")
    assert [row[0] for row in rows] == [classes[i] for i in ours.argmax(axis=1)]
    assert not re.search(r"^\s*(from|import) beenet", (tmp_path / "net.py").read_text())


BRANCHES = """\
name: branches
dataset: {path: data, classes: [LIGHT, DARK, STRIPED]}
layers:
  - conv_2d: {nb_filter: 4, filter_size: 3}
    id: merge
  - max_pool_2d: {kernel_size: 2}
  - repeat:
      times: 2
      layers:
        - conv_2d: {nb_filter: 4, filter_size: 3, activation: relu}
        - conv_2d: {nb_filter: 4, filter_size: 3}
          id: a-b
        - batch_normalization:
          from: input
          id: a_b
        - merge: {mode: elemwise_sum}
          from: [input, a-b, a_b]
    id: trunk
  - avg_pool_2d: {kernel_size: 2}
    from: merge
    id: pool
  - merge: {mode: concat, axis: 3}
    from: [trunk, pool]
  - conv_2d: {nb_filter: 2, filter_size: 1}
    id: narrow
  - avg_pool_2d: {kernel_size: 8, strides: 1}
    from: input
  - flatten:
    id: seen
  - flatten:
    from: narrow
    id: rest
  - merge: {mode: concat}
    from: [seen, rest]
  - fully_connected: {n_units: 3, activation: softmax}
"""

BRANCHES_CODE = """\
    inputs = input_data(shape=[None, 8, 8, 1])
    merge_ = conv_2d(inputs, nb_filter=4, filter_size=3)
    network = max_pool_2d(merge_, 2)
    trunk = network
    for _ in range(2):
        block = trunk
        network = conv_2d(block, nb_filter=4, filter_size=3, activation="relu")
        a_b = conv_2d(network, nb_filter=4, filter_size=3)
        a_b_ = batch_normalization(block)
        network = merge([block, a_b, a_b_], "elemwise_sum")
        trunk = network
    pool = avg_pool_2d(merge_, 2)
    network = merge([trunk, pool], "concat", axis=3)
    narrow = conv_2d(network, nb_filter=2, filter_size=1)
    network = avg_pool_2d(inputs, 8, strides=1)
    seen = flatten(network)
    rest = flatten(narrow)
    network = merge([seen, rest], "concat")
    network = fully_connected(network, 3, activation="softmax")
    return network
"""


def assert_answers_alike(text, config, folder):
    """Run a script's functions here; compare its answers with beenet's."""
    names: dict = {}
    exec(text.partition("if __name__")[0], names)
    with build(config, (8, 8, 1), 3) as network:
        save_model(network, folder / "model.tfl")
        x = np.random.default_rng(0).random((9, 8, 8, 1), dtype=np.float32)
        ours = predict(network, x)
    theirs = names[f"load_{config.name}"](str(folder / "model.tfl")).predict(x)
    assert np.ptp(ours) > 0
    np.testing.assert_allclose(theirs, ours, atol=1e-6)


def test_branches_and_repeats_are_variables_and_loops(tmp_path):
    (tmp_path / "branches.yaml").write_text(BRANCHES)
    config = load_config(tmp_path / "branches.yaml").config
    text = script(subject_of(config))
    assert text.partition('output."""\n')[2].startswith(BRANCHES_CODE)
    assert formatted(text) == text
    assert_answers_alike(text, config, tmp_path)


NESTED = """\
name: nested
dataset: {path: data, classes: [LIGHT, DARK, STRIPED]}
layers:
  - highway_conv_2d: {nb_filter: 2, filter_size: 3, bias_init: {normal: {mean: 1.0}}}
  - reduce_mean: {axis: 3}
  - time_distributed: {fn: {fully_connected: {n_units: 5, activation: prelu}}, scope: t}
  - time_distributed: {fn: {fully_connected: {n_units: 4}}}
  - bidirectional_rnn:
      rnncell_fw: {BasicLSTMCell: {num_units: 3, batch_norm: true}}
      rnncell_bw: {GRUCell: {num_units: 3}}
  - fully_connected: {n_units: 3, activation: softmax}
"""


@pytest.mark.slow
def test_layers_within_layers_answer_alike(tmp_path):
    (tmp_path / "nested.yaml").write_text(NESTED)
    config = load_config(tmp_path / "nested.yaml").config
    text = script(subject_of(config))
    assert formatted(text) == text
    assert_answers_alike(text, config, tmp_path)
