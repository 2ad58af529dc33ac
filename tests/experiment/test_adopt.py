"""A stranger's `.tfl`, from its three files to a score, by the command line."""

import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from beenet.cli import main
from beenet.config import load_config
from beenet.network.saved import read_variables
from beenet.tflearn_backend import tf, tflearn

# Lent for tests, beside the checkout; nothing of it is in the repository.
LENT = Path(__file__).parents[3] / "shared" / "data"


def beenet(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """Save a net as a script on TensorFlow 1 did, `trainops` and all."""
    prefix = tmp_path_factory.mktemp("old") / "bees.tfl"
    tf.disable_resource_variables()
    tf.disable_control_flow_v2()
    try:
        with tf.Graph().as_default():
            net = tflearn.input_data([None, 8, 8, 1])
            net = tflearn.conv_2d(net, 4, 3, activation="relu", regularizer="L2")
            net = tflearn.batch_normalization(net)
            net = tflearn.dropout(tflearn.max_pool_2d(net, 2), 0.8)
            net = tflearn.fully_connected(net, 3, activation="softmax")
            net = tflearn.regression(net, optimizer="sgd", learning_rate=0.25)
            tflearn.DNN(net).save(str(prefix))
    finally:
        tf.enable_resource_variables()
        tf.enable_control_flow_v2()
    return prefix


@pytest.fixture
def copy(model, tmp_path):
    for path in model.parent.glob("bees.tfl*"):
        shutil.copy(path, tmp_path)
    return tmp_path / "bees.tfl"


def test_an_adopted_model_is_scored_without_a_config(copy, tiny_data):
    data = tiny_data / "data"
    result = beenet("adopt", copy, "--dataset", data, "--classes", "LIGHT,DARK,STRIPED")
    out = copy.parent / "bees.config.yaml"
    saved = len(read_variables(copy))
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        [
            f"wrote {out} (5 layers)",
            f"wrote {copy}.yaml",
            f"loaded {saved - 1} variables of the file into its net",
            # The script made it in the scope of the first layer that asked for it.
            "did not need 1: BatchNormalization/is_training",
            "unknown: epochs, batch size and seed: no graph holds them",
            "the same graph from input to output: 16 operations",
        ],
    ), result.output
    assert out.read_text() == (
        "# Read by beenet adopt out of bees.tfl.meta, which does not tell:\n"
        "# - epochs, batch size and seed: no graph holds them\n"
        "name: bees_tfl\n"
        "dataset:\n"
        f"  path: {data}\n"
        "  classes: [LIGHT, DARK, STRIPED]\n"
        "layers:\n"
        "- input_data:\n"
        "    shape: [8, 8, 1]\n"
        "- conv_2d: {nb_filter: 4, filter_size: 3, activation: relu, regularizer: L2}\n"
        "- batch_normalization\n"
        "- max_pool_2d: {kernel_size: 2}\n"
        "- dropout: {keep_prob: 0.8}\n"
        "- fully_connected: {n_units: 3, activation: softmax}\n"
        "optimizer:\n"
        "  sgd: {learning_rate: 0.25}\n"
        "loss: categorical_crossentropy\n"
    )
    load_config(out)
    with_sidecar = beenet("eval", copy, "--json")
    with_config = beenet("eval", copy, "--config", out, "--json")
    assert with_sidecar.exit_code == 0, with_sidecar.output
    assert with_sidecar.stderr == ""  # nobody knows what it was trained on
    scores = json.loads(with_sidecar.stdout)["scores"]
    assert scores == json.loads(with_config.stdout)["scores"]
    assert scores["n"] == 30


@pytest.mark.slow
def test_without_a_word_on_the_data_a_model_is_scored_on_any_that_fit(copy, tiny_data):
    result = beenet("adopt", copy)
    assert "unknown: the data set; name it by --dataset, or below" in (result.stdout)
    assert (
        "classes: [CLASS_0, CLASS_1, CLASS_2]"
        in (copy.parent / "bees.config.yaml").read_text()
    )
    refused = beenet("eval", copy, "--dataset", "MNIST")
    assert refused.exit_code == 1
    shutil.copytree(tiny_data / "data", copy.parent / "data")
    scored = beenet("eval", copy, "--dataset", copy.parent / "data")
    assert scored.exit_code == 0, scored.output
    np.save(copy.parent / "x.npy", np.zeros((2, 8, 8, 1), np.float32))
    asked = beenet("predict", copy, copy.parent / "x.npy", "--json")
    assert json.loads(asked.stdout)["classes"] == ["CLASS_0", "CLASS_1", "CLASS_2"]


def test_a_model_whose_data_nobody_told_says_so(copy, monkeypatch):
    assert beenet("adopt", copy).exit_code == 0
    (copy.parent / "data").mkdir()  # what its config calls them is no name of theirs
    monkeypatch.chdir(copy.parent)
    told = (
        f"nobody told what data {copy} was trained on; name some with --dataset, or "
        f"have `beenet adopt {copy} --dataset` know it\n"
    )
    assert beenet("eval", copy).stderr == f"Error: {told}"
    assert f"warning: {copy} is not scored on its own data: {told}" in (
        beenet("matrix", copy).stderr
    )


@pytest.fixture
def built(tmp_path):
    """A set that `beenet data build` made, of 8x8 gray pictures."""
    for i, name in enumerate(("LIGHT", "DARK", "STRIPED")):
        (tmp_path / "raw" / name).mkdir(parents=True)
        for n in range(3):
            picture = Image.new("L", (8, 8), 20 * (3 * i + n))
            picture.save(tmp_path / "raw" / name / f"{n}.png")
    made = beenet(
        "data", "build", tmp_path / "raw", "--out", tmp_path / "set",
        "--size", 8, "--channels", "gray", "--fractions", ".34,.33,.33",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    return tmp_path / "set"


def test_a_set_that_was_built_tells_its_classes_and_recipe(copy, built):
    result = beenet("adopt", copy, "--dataset", built)
    assert result.exit_code == 0, result.output
    assert "names of the classes" not in result.stdout
    evaluated = beenet("eval", copy, "--json")
    assert evaluated.exit_code == 0, evaluated.output
    asked = beenet("predict", copy, built.parent / "raw" / "DARK" / "0.png", "--json")
    answer = json.loads(asked.stdout)
    assert answer["classes"] == ["DARK", "LIGHT", "STRIPED"]
    assert answer["recipe"]["origin"] == "built"


def test_a_set_that_was_built_and_does_not_fit_is_refused(copy, built):
    other = beenet("adopt", copy, "--dataset", built, "--classes", "A,B,C")
    assert other.stderr == (
        f"Error: {built} was built with the classes DARK, LIGHT, STRIPED, not A, B, C\n"
    )
    notes = built / "dataset.json"
    notes.write_text(notes.read_text().replace('"height": 8', '"height": 9'))
    larger = beenet("adopt", copy, "--dataset", built)
    assert larger.stderr == (
        f"Error: {built} has examples of 9x8x1, the network takes 8x8x1\n"
    )
    assert not copy.with_name("bees.config.yaml").exists()


def test_what_is_there_is_not_replaced_unasked(copy):
    assert beenet("adopt", copy).exit_code == 0
    result = beenet("adopt", copy)
    assert (result.exit_code, result.stderr) == (
        1,
        f"Error: {copy.parent / 'bees.config.yaml'} is there already; --overwrite "
        "replaces it\n",
    )
    assert beenet("adopt", copy, "--overwrite").exit_code == 0


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_run_of_beenets_own_needs_no_adoption(tmp_path, overwrite):
    for name in ("model.tfl.index", "model.tfl.meta", "model.tfl.yaml", "metrics.json"):
        (tmp_path / name).touch()
    result = beenet("adopt", tmp_path, *(["--overwrite"] if overwrite else []))
    assert result.exit_code == 1
    assert "there is nothing to adopt" in result.stderr


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (
            ["--dataset", "MNIST"],
            "MNIST has examples of 28x28x1, the network takes 8x8",
        ),
        (["--dataset", "MNITS"], "did you mean"),
        (["--classes", "A,B"], "--classes names 2, the network has 3 outputs"),
    ],
)
def test_data_that_do_not_fit_are_refused_and_nothing_is_written(
    copy, flags, message, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "MNIST").mkdir()  # a registered name goes before a folder's
    before = sorted(copy.parent.iterdir())
    result = beenet("adopt", copy, *flags)
    assert result.exit_code == (2 if "MNITS" in flags else 1), result.output
    assert message in result.stderr
    assert sorted(copy.parent.iterdir()) == before


def test_a_model_without_meta_or_with_a_damaged_one_is_one_line(copy):
    meta = Path(f"{copy}.meta")
    meta.write_bytes(meta.read_bytes()[:999])
    result = beenet("adopt", copy)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {meta} cannot be read: ")
    assert result.stderr.count("\n") == 1
    meta.unlink()
    result = beenet("adopt", copy)
    assert result.stderr == (
        f"Error: {copy} has no bees.tfl.meta, which says what its network is; write a "
        "config, and give it to beenet eval --config FILE\n"
    )


@pytest.mark.skipif(
    not (LENT / "bee_crops").exists(),
    reason="the lent checkpoint and crops are not beside the checkout",
)
def test_a_net_of_2019_tells_bees_of_another_hive_from_background(tmp_path):
    for path in (LENT / "tflearn_checkpoint").glob("bee1_conv_model*"):
        shutil.copyfile(path, tmp_path / path.name)
    crops = tmp_path / "crops"
    crops.mkdir()
    for split in ("train", "test", "valid"):
        paths = sorted((LENT / "bee_crops" / split).rglob("*.png"))
        # Gray and smaller by what Pillow does unasked: nothing is chosen by a score.
        x = [np.asarray(Image.open(p).convert("L").resize((32, 32))) for p in paths]
        y = np.eye(2)[[int(p.parent.name == "NO_BEE") for p in paths]]
        for part, array in {"X": np.stack(x)[..., None] / 255, "Y": y}.items():
            with (crops / f"{split}_{part}.pck").open("wb") as file:
                pickle.dump(array, file, protocol=3)
    model = tmp_path / "bee1_conv_model"
    result = beenet("adopt", model, "--dataset", crops, "--classes", "BEE,NO_BEE")
    assert result.stdout.splitlines()[2:] == [
        "loaded 27 variables of the file into its net",
        "unknown: epochs, batch size and seed: no graph holds them",
        "the same graph from input to output: 20 operations",
    ]
    correct = total = baseline = 0.0
    for split in ("train", "test", "valid"):
        evaluated = beenet("eval", model, "--split", split, "--json")
        scores = json.loads(evaluated.stdout)["scores"]
        assert scores["accuracy"] > scores["baseline"], split
        correct += scores["accuracy"] * scores["n"]
        baseline += scores["baseline"] * scores["n"]
        total += scores["n"]
    picture = next((LENT / "bee_crops" / "test" / "BEE").glob("*.png"))
    predicted = beenet("predict", model, picture, "--json")
    assert predicted.exit_code == 0, predicted.output
    # None of them was ever seen by this net: all splits count alike.
    assert correct / total > baseline / total + 0.08
