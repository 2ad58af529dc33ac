"""`beenet data build`, and what becomes of it."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from beenet.cli import main

CONFIG = """\
name: own
dataset: {path: sets/own}
layers: [{fully_connected: {n_units: 2, activation: softmax}}]
optimizer: {sgd: {learning_rate: 0.5}}
training: {epochs: 20, batch_size: 4, threads: 1}
"""


@pytest.fixture
def beenet(tmp_path, monkeypatch):
    """Run beenet in a folder with pictures of two easy classes."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for label, level in {"dark": 40, "light": 200}.items():
        (tmp_path / "raw" / label).mkdir(parents=True)
        for i in range(20):
            pixels = rng.integers(level - 30, level + 30, (9, 9), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "raw" / label / f"{i}.png")
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


BUILD = (
    "data",
    "build",
    "raw",
    "--out",
    "sets/own",
    "--size",
    "6x8",
    "--channels",
    "gray",
)


def test_built_trained_and_asked(beenet, tmp_path):
    result = beenet(*BUILD)
    assert (result.exit_code, result.stdout) == (
        0,
        "sets/own: train 28, test 6, valid 6; classes dark, light\n"
        "use it as  dataset: {path: sets/own}\n",
    )
    assert result.stderr.splitlines() == [
        f"{split}: {n} examples of {n} files"
        for split, n in {"train": 28, "test": 6, "valid": 6}.items()
    ]
    (tmp_path / "own.yaml").write_text(CONFIG)
    assert beenet("check", "own.yaml").stdout == "own.yaml: ok\n"
    result = beenet("train", "own.yaml", "-q")
    assert result.exit_code == 0, result.output
    result = beenet("predict", "runs/own", "raw", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert document["recipe"]["origin"] == "built"
    assert [document["recipe"][side] for side in ("height", "width")] == [6, 8]
    assert len(document["files"]) == 40
    assert all(entry["class"] in entry["file"] for entry in document["files"])


def test_classes_that_the_config_leaves_out_come_from_the_set(beenet, tmp_path):
    (tmp_path / "own.yaml").write_text(CONFIG)
    missing = beenet("check", "own.yaml")
    assert missing.exit_code == 2
    assert f"there is no folder {tmp_path}/sets/own; a relative" in missing.stderr
    beenet(*BUILD)
    assert beenet("check", "own.yaml").exit_code == 0
    flag = ("-o", "layers[0].fully_connected.n_units=3")
    result = beenet("train", "own.yaml", *flag)
    assert result.exit_code == 2
    assert "2 classes" in result.stderr


def test_info_of_a_folder(beenet):
    beenet(*BUILD)
    lines = beenet("data", "info", "sets/own").stdout.splitlines()
    assert lines[:5] == [
        "own",
        "  kind     image",
        "  shape    6x8x1",
        "  classes  dark, light",
        "  status   your own",
    ]
    assert "  valid    6: dark 3, light 3; always dark scores 0.5000" in lines
    assert any(line.startswith("  recipe   origin: built, ") for line in lines)
    document = json.loads(beenet("data", "info", "sets/own", "--json").stdout)
    assert document["recipe"]["channels"] == "gray"


def test_pictures_of_few_groups_are_told_in_training_and_audit(beenet, tmp_path):
    built = beenet(*BUILD, "--group-by", r"(\d)\.png")
    assert built.exit_code == 0, built.output
    counts = json.loads((tmp_path / "sets/own/dataset.json").read_text())
    assert counts["groups"]["of"] == "group"
    told = [
        f"{split}: {counts['counts'][split]} examples come from "
        f"{n} group{'s' * (n > 1)}: the interval around its accuracy is too narrow"
        for split, n in list(counts["groups"]["counts"].items())[1:]
    ]
    (tmp_path / "own.yaml").write_text(CONFIG)
    stderr = beenet("train", "own.yaml", "-q").stderr
    assert [line for line in stderr.splitlines() if "come from" in line] == [
        f"warning: {text}" for text in told
    ]
    found = json.loads(beenet("data", "audit", "sets/own", "--json").stdout)
    notes = [f["text"] for f in found["findings"] if f["kind"] == "note"]
    assert [text for text in notes if "come from" in text] == told


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--size", "6x0"), "must be a side or HEIGHTxWIDTH, got '6x0'"),
        (("--size", "x"), "must be a side or HEIGHTxWIDTH, got 'x'"),
        (("--fractions", "1,2"), "must be three numbers above 0: train,test,valid"),
        (("--fractions", "1,nan,2"), "must be three numbers above 0: train,test,valid"),
        (("--fractions", "0.5,0.5,0.5"), "must add up to 1"),
        (("--seed", "-1"), "Invalid value for '--seed'"),
    ],
)
def test_flags_are_checked(beenet, tmp_path, flags, words):
    result = beenet("data", "build", "raw", "--out", "new", *flags)
    assert result.exit_code == 2
    assert words in result.stderr
    assert not (tmp_path / "new").exists()


def test_flags_of_another_kind_say_so(beenet):
    result = beenet("data", "build", "raw", "--out", "new", "--samples", "100")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: the files are pictures, which have no samples\n",
    )


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--like", "BEE5"), "'--like': no data set is called 'BEE5'; did you mean "),
        (
            ("--group-by", "("),
            "'--group-by': must be parent or a regular expression: missing ), ",
        ),
    ],
)
def test_a_flag_that_is_wrong_says_so_before_the_work(beenet, flags, words):
    result = beenet(*BUILD, *flags)
    assert result.exit_code == 2
    assert f"Error: Invalid value for {words}" in result.stderr
