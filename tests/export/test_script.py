import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import beenet
from beenet.config import load_config
from beenet.engine import predict
from beenet.experiment.opened import opened_model
from beenet.export.script import Subject, script

CONFIGS = sorted((Path(beenet.__file__).parents[1] / "configs").rglob("*.yaml"))

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


BRANCHES = """\
    network_0 = input_data(shape=[None, 8, 8, 1])
    network_1 = conv_2d(network_0, nb_filter=3, filter_size=1)
    network = conv_2d(network_0, nb_filter=3, filter_size=3)
    network_3 = merge([network_1, network], "elemwise_sum")
    network = batch_normalization(network_3)
    network_5 = merge([network_3, network], "concat", axis=3)
    network = batch_normalization(network_5)
    network = merge([network_5, network], "concat", axis=3)
    network = fully_connected(network, 3, activation="softmax")
    return network
"""


def test_branches_are_written_with_a_variable_for_what_is_taken_later(tiny):
    layers = (
        "layers=[{conv_2d: {nb_filter: 3, filter_size: 1}, id: a},"
        "{conv_2d: {nb_filter: 3, filter_size: 3}, from: input, id: b},"
        "{merge: {mode: elemwise_sum}, from: [a, b]},"
        "{repeat: {times: 2, layers: [{batch_normalization: null, id: c},"
        "{merge: {mode: concat, axis: 3}, from: [input, c]}]}},"
        "{fully_connected: {n_units: 3, activation: softmax}}]"
    )
    text = script(subject_of(tiny(layers).config))
    assert text.partition('output."""\n')[2].startswith(BRANCHES)
    assert formatted(text) == text


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
    with opened_model(model) as opened:
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
