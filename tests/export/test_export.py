import contextlib
import errno
import json
import os
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

from beenet.cli import main
from beenet.errors import ExportError
from beenet.experiment.predict import Predictor
from beenet.export import export, tflite
from beenet.system import files


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def lonely(model, tmp_path_factory):
    """The model alone, as it is carried to another machine."""
    folder = tmp_path_factory.mktemp("lonely")
    for file in model.glob("model.tfl*"):
        shutil.copy(file, folder)
    sidecar = folder / "model.tfl.yaml"
    text = sidecar.read_text()
    assert f"path: {model.parent / 'data'}" in text
    sidecar.write_text(text.replace(f"path: {model.parent}", f"path: {folder}"))
    return folder / "model.tfl"


@pytest.mark.slow
def test_a_script_is_tried_on_the_held_out_examples(model):
    done = export(model, "script")
    seen = done.comparison
    assert (done.path, done.form) == ("own_tiny.py", "script")
    assert done.size == os.path.getsize("own_tiny.py")
    assert (seen.examples, seen.source) == (30, "data valid")
    assert (seen.largest_difference, seen.same_class) == (0.0, 1.0)
    metrics = json.loads((model / "metrics.json").read_text())
    assert seen.accuracy == metrics["splits"]["valid"]["accuracy"]
    assert seen.baseline == metrics["splits"]["valid"]["baseline"]
    assert "valid" in (model / "looks.csv").read_text()
    assert os.listdir() == ["own_tiny.py"]


def test_without_the_data_random_inputs_serve(lonely, tmp_path):
    done = export(lonely, "savedmodel", out=tmp_path / "a" / "net")
    seen = done.comparison
    assert (seen.examples, seen.source) == (64, "random inputs")
    assert seen.largest_difference < 1e-6
    assert (seen.accuracy, seen.exported_accuracy) == (None, None)
    assert os.listdir(tmp_path / "a") == ["net"]
    with pytest.raises(ExportError, match="fitted to the train split, which is not"):
        export(lonely, "tflite", int8=True)


def test_int8_says_what_it_costs(model):
    result = CliRunner().invoke(
        main, ["export", str(model), "--to", "tflite", "--int8", "--json"]
    )
    assert result.exit_code == 0, result.output
    done = json.loads(result.stdout)
    assert (done["path"], done["int8"]) == ("own_tiny_int8.tflite", True)
    seen = done["comparison"]
    assert 0 < seen["largest_difference"] < 0.1
    assert seen["same_class"] > 0.9
    assert abs(seen["exported_accuracy"] - seen["accuracy"]) <= 0.1


def test_what_is_there_is_kept_unless_told_otherwise(model, tmp_path):
    (tmp_path / "net.tflite").write_text("mine")
    command = ["export", str(model), "--to", "tflite", "--out", "net.tflite"]
    result = CliRunner().invoke(main, command)
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: net.tflite exists; replace it with --overwrite, or choose another "
        "place with --out\n",
    )
    assert (tmp_path / "net.tflite").read_text() == "mine"
    result = CliRunner().invoke(main, [*command, "--overwrite"])
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("net.tflite: ")
    assert lines[1].startswith("largest difference  ")
    assert lines[1].endswith("  (30 examples, data valid)")
    assert (tmp_path / "net.tflite").stat().st_size > 1000
    assert os.listdir() == ["net.tflite"]


def test_a_folder_that_is_no_saved_model_is_never_replaced(model, tmp_path):
    (tmp_path / "precious").mkdir()
    for form in ("savedmodel", "tflite"):
        with pytest.raises(ExportError, match="precious is a folder"):
            export(model, form, out=tmp_path / "precious", overwrite=True)


def test_a_twin_that_answers_otherwise_is_not_kept(model, monkeypatch):
    monkeypatch.setattr(tflite, "run", lambda _, x: np.zeros((len(x), 3), np.float32))
    with pytest.raises(ExportError, match=r"tflite answers otherwise than .* apart"):
        export(model, "tflite")
    assert os.listdir() == []


@pytest.mark.parametrize(("apart", "kept"), [(50, True), (200, False)])
def test_large_outputs_may_be_further_apart(model, monkeypatch, apart, kept):
    def large(x):
        return np.full((len(x), 3), 1e5, np.float32)

    monkeypatch.setattr(Predictor, "probabilities", lambda self, x: large(x))
    monkeypatch.setattr(tflite, "run", lambda _, x: large(x) + np.float32(apart))
    told = contextlib.nullcontext() if kept else pytest.raises(ExportError)
    with told:
        export(model, "tflite")
    assert bool(os.listdir()) == kept


def test_a_full_disk_is_one_line_and_leaves_nothing(model, monkeypatch):
    def full(path, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files, "write_bytes", full)
    with pytest.raises(ExportError) as caught:
        export(model, "tflite")
    assert str(caught.value) == (
        "cannot write own_tiny.tflite: No space left on device; free some room or "
        "choose another place with --out"
    )
    assert os.listdir() == []


def test_int8_goes_with_tflite_alone(model):
    result = CliRunner().invoke(
        main, ["export", str(model), "--to", "script", "--int8"]
    )
    assert result.exit_code == 2
    assert "Error: --int8 goes with --to tflite" in result.stderr
