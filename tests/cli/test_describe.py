import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from beenet.cli import main
from beenet.config import load_config
from beenet.network.build import build
from beenet.network.saved import save_model
from beenet.network.sidecar import Sidecar, sidecar_path
from beenet.system.thread_plan import ThreadPlan

PLAN = ThreadPlan(1, 1)


@pytest.fixture
def beenet(tiny_data, monkeypatch):
    monkeypatch.chdir(tiny_data)
    return lambda *arguments: CliRunner().invoke(
        main, ["describe", *map(str, arguments)]
    )


@pytest.fixture
def saved(tiny_data, tmp_path) -> Path:
    config = load_config(tiny_data / "tiny.yaml").config
    prefix = tmp_path / "model.tfl"
    with build(config, (8, 8, 1), 3) as network:
        save_model(network, prefix)
    sidecar = Sidecar(config, "data", (8, 8, 1), ("A", "B", "C"), False, {}, PLAN)
    sidecar_path(prefix).write_text(sidecar.to_text({}))
    return prefix


def test_a_config_is_described(beenet):
    result = beenet("tiny.yaml")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:8] == [
        "tiny.yaml: examples of 8x8x1",
        "",
        "layer    kind             from  output  parameters   MACs  field",
        "conv     conv_2d                8x8x4           40  2,304    3x3",
        "pool     max_pool_2d            4x4x4                        4x4",
        "Dropout  dropout                4x4x4                        4x4",
        "fc       fully_connected        8              520    512      -",
        "out      fully_connected        3               27     24      -",
    ]
    assert "files" not in result.stdout


def test_a_flag_changes_the_config(beenet):
    result = beenet("tiny.yaml", "--json", "-o", "layers[0].conv_2d.nb_filter=5")
    found = json.loads(result.stdout)
    assert found["layers"][0]["trainable"] == 50
    assert found["input_shape"] == [8, 8, 1]


def test_a_model_is_described_with_its_files(beenet, saved):
    for target in (saved.parent, saved, Path(f"{saved}.index"), Path(f"{saved}.yaml")):
        result = beenet(target, "--json")
        assert result.exit_code == 0, result.output
        found = json.loads(result.stdout)
        assert found["title"] == str(saved)
        files = [f for f in saved.parent.iterdir() if f.name.startswith("model.tfl")]
        assert found["model_bytes"] == sum(file.stat().st_size for file in files)
        assert found["trainable"] == 587


def test_a_model_without_a_sidecar_needs_a_config(beenet, saved):
    sidecar_path(saved).unlink()
    result = beenet(saved)
    assert result.exit_code == 1
    assert result.stderr.rstrip().endswith(
        f"say how to build it with --config FILE, or have `beenet adopt {saved}` read "
        "that out of its .meta"
    )
    Path(f"{saved}.meta").unlink()
    assert beenet(saved).stderr.rstrip().endswith("with --config FILE")
    assert beenet(saved, "--config", "tiny.yaml").exit_code == 0


def test_what_cannot_be_described_is_said(beenet, saved, tmp_path):
    result = beenet(tmp_path / "nothing")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: there is no saved model at ")
    result = beenet(saved, "-o", "training.epochs=1")
    assert result.exit_code == 2
    assert result.stderr == "Error: -o changes a config; a saved model is as it is\n"
    result = beenet("tiny.yaml", "--config", "tiny.yaml")
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: --config says how to build a saved model; tiny.yaml is a config "
        "itself\n",
    )


def test_data_need_not_be_there_where_the_shape_is_known(beenet, tmp_path, tiny_data):
    shutil.copy(tiny_data / "tiny.yaml", tmp_path / "tiny.yaml")
    result = beenet(tmp_path / "tiny.yaml")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: the shape of ")
    assert result.stderr.endswith("; begin the layers with input_data to say it\n")
    flag = "layers=[input_data: {shape: [5]}, fully_connected: {n_units: 3}]"
    result = beenet(tmp_path / "tiny.yaml", "-o", flag)
    assert result.exit_code == 0
    assert "tiny.yaml: examples of 5\n" in result.stdout
