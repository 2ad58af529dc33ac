"""`beenet doctor` finds what is wrong, says what to do, and fails where it must."""

import json
import os
import pickle
import shutil
import subprocess
import sys
from importlib import metadata

import pytest
from click.testing import CliRunner

from beenet.cli import main
from beenet.datasets import synth
from beenet.doctor import examine, machine, packages, places, smoke_test
from beenet.doctor.check_result import CheckResult, results_text

FINE = {
    "python": "3.11.7",
    "tensorflow": "2.21.0",
    "tflearn": "0.5.0",
    "loading": 2.5,
    "training": 1.25,
    "devices": ["cpu"],
}


@pytest.fixture
def child(monkeypatch):
    """Let the child process answer as told."""

    def answer(code=0, stdout="", stderr="", nvidia=None):
        def run(command, **_):
            if command[0] != sys.executable:
                return subprocess.CompletedProcess(command, nvidia, "", "")
            return subprocess.CompletedProcess(command, code, stdout, stderr)

        monkeypatch.setattr(machine.subprocess, "run", run)
        monkeypatch.setattr(
            machine.shutil, "which", lambda name: None if nvidia is None else name
        )

    return answer


@pytest.mark.slow
def test_the_small_net_learns():
    found = smoke_test.run_net()
    assert found["devices"][0] == "cpu"
    assert found["tensorflow"].startswith("2.")


def test_a_net_that_does_not_learn_is_found_out(monkeypatch):
    still = {**smoke_test.NET, "optimizer": {"sgd": {"learning_rate": 1e-9}}}
    monkeypatch.setattr(smoke_test, "NET", still)
    with pytest.raises(RuntimeError, match="did not learn to tell dark from light"):
        smoke_test.run_net()


def test_a_bad_number_of_threads_is_not_tensorflows_fault(monkeypatch):
    monkeypatch.setenv("BEENET_THREADS", "abc")
    (finding,) = machine.tensorflow()
    assert (finding.check, finding.remedy) == ("device", "unset BEENET_THREADS")
    assert "BEENET_THREADS must be a whole number" in finding.text


def test_a_healthy_tensorflow(child):
    child(stdout="some notice\n" + json.dumps(FINE) + "\n")
    tensorflow, device = machine.tensorflow()
    assert tensorflow.state == device.state == "ok"
    assert tensorflow.text == (
        "2.21.0 with TFLearn 0.5.0: loaded in 2.5 s, trained a small net in 1.2 s"
    )
    assert device.text.startswith("cpu, ")


def test_a_gpu_is_named_and_one_that_lies_idle_is_mentioned(child):
    child(stdout=json.dumps({**FINE, "devices": ["cpu", "gpu:0"]}), nvidia=0)
    assert machine.tensorflow()[1] == CheckResult("device", "ok", "gpu:0")
    child(stdout=json.dumps(FINE), nvidia=0)
    assert machine.tensorflow()[1] == CheckResult(
        "device",
        "warning",
        "there is a GPU, but TensorFlow does not see it",
        "pip install 'beenet[gpu]'",
    )
    child(stdout=json.dumps(FINE), nvidia=9)
    assert machine.tensorflow()[1].state == "ok"


@pytest.mark.parametrize(
    ("code", "stderr", "words"),
    [
        (
            1,
            "Traceback ...\nImportError: no tensorflow\n",
            "ImportError: no tensorflow",
        ),
        (1, "", "it said nothing"),
        (-4, "", "TensorFlow needs instructions (AVX) that this processor lacks"),
        (-11, "Fatal\n", "ended by signal 11: Fatal"),
    ],
)
def test_a_broken_tensorflow_is_a_finding(child, code, stderr, words):
    child(code, stderr=stderr)
    (finding,) = machine.tensorflow()
    assert (finding.state, finding.text) == ("broken", words)
    assert finding.remedy


def test_a_tensorflow_that_hangs_is_a_finding(monkeypatch):
    def hang(command, **_):
        raise subprocess.TimeoutExpired(command, 300)

    monkeypatch.setattr(machine.subprocess, "run", hang)
    (finding,) = machine.tensorflow()
    assert finding.text == "did not train a small net within 300 s"


def test_the_child_is_a_real_one(monkeypatch, tmp_path):
    """An interpreter that cannot import what it is told to says so."""
    (tmp_path / "tensorflow.py").write_text("raise ImportError('no such kernel')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert "no such kernel" in machine.tensorflow()[0].text
    monkeypatch.setattr(machine.sys, "executable", shutil.which("false"))
    assert machine.tensorflow()[0].text == "it said nothing"


def test_versions_are_held_against_the_metadata(monkeypatch):
    wanted = ["click>=8.2", "numpy>=99", "nosuch>=1", "torch>=2; extra == 'bench'"]
    monkeypatch.setattr(packages.metadata, "requires", lambda _: wanted)
    there = metadata.version("numpy")
    assert packages.versions() == CheckResult(
        "packages",
        "broken",
        f"numpy is {there}, supported is >=99; nosuch is not installed",
        "pip install 'numpy>=99' 'nosuch>=1'",
    )
    monkeypatch.setattr(packages.metadata, "requires", lambda _: wanted[:2])
    assert packages.versions().state == "warning"
    monkeypatch.setattr(packages.metadata, "requires", lambda _: wanted[:1])
    assert packages.versions().state == "ok"


def test_python_is_held_against_the_metadata(monkeypatch):
    monkeypatch.setattr(
        packages.metadata, "metadata", lambda _: {"Requires-Python": ">=3.98,<3.99"}
    )
    finding = packages.python()
    assert finding.state == "broken"
    assert finding.text.endswith(", but beenet needs >=3.98,<3.99")


def test_source_that_pip_does_not_know_is_a_warning(monkeypatch):
    def unknown(_):
        raise metadata.PackageNotFoundError("beenet")

    monkeypatch.setattr(packages.metadata, "metadata", unknown)
    monkeypatch.setattr(packages.metadata, "requires", unknown)
    assert packages.python().state == packages.versions().state == "warning"


def test_data_sets_are_missing_stand_ins_damaged_or_fine(tmp_path):
    assert places.mnist().state == "ok"
    (missing,) = places.data_sets(tmp_path)
    assert missing.state == "note"
    assert missing.text.startswith("not installed: BEE1, BEE1_gray, ")
    synth.synth("BUZZ1", scale=0.005, data_dir=tmp_path)
    stand_in, missing = places.data_sets(tmp_path)
    assert stand_in.text == (
        "BUZZ1 (synthetic, scale 0.005): the hashes of its 6 files are right"
    )
    assert stand_in.remedy == "the real one: beenet data add BUZZ1 PATH"
    assert "BUZZ1" not in missing.text
    with (tmp_path / "BUZZ1/test_Y.pck").open("wb") as file:
        pickle.dump([1], file)
    damaged, _ = places.data_sets(tmp_path)
    assert damaged.state == "warning"
    assert "test_Y.pck" in damaged.text


def test_a_damaged_mnist_is_broken(monkeypatch):
    monkeypatch.setitem(places.SHA256, "t10k-labels-idx1-ubyte", "0" * 64)
    assert places.mnist() == CheckResult(
        "data",
        "broken",
        "MNIST: t10k-labels-idx1-ubyte.xz is damaged: install beenet again",
        "pip install --force-reinstall --no-deps beenet",
    )


def test_folders_are_tried_and_nothing_is_left(tmp_path):
    finding = places.writable("runs folder", tmp_path / "not/yet", "use another")
    assert finding.state == "ok"
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    finding = places.writable("runs folder", tmp_path / "file", "use another")
    assert (finding.state, finding.remedy) == ("broken", "use another")
    assert finding.text.endswith("file cannot be written: Not a directory")


@pytest.mark.parametrize(
    ("free", "state"), [(2**40, "ok"), (2**30, "warning"), (2**20, "broken")]
)
def test_the_room_left_counts(tmp_path, monkeypatch, free, state):
    usage = shutil._ntuple_diskusage(2**41, 0, free)
    monkeypatch.setattr(places.shutil, "disk_usage", lambda _: usage)
    finding = places.writable("data folder", tmp_path, "use another")
    assert finding.state == state
    assert ("use another" in finding.remedy) == (state != "ok")


def test_the_command_prints_what_to_do_and_fails_if_something_is_broken(
    child, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    child(stdout=json.dumps(FINE))
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 0
    assert result.stderr == "Training a small net ...\n"
    lines = result.stdout.splitlines()
    assert lines[0].startswith("ok      Python      3.")
    assert "note    data        not installed: BEE1, " in result.stdout
    assert "                    -> beenet data add NAME PATH; " in result.stdout
    child(1, stderr="ImportError: gone\n")
    result = CliRunner().invoke(main, ["doctor", "--json"])
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert {
        "check": "TensorFlow",
        "state": "broken",
        "text": "ImportError: gone",
        "remedy": "pip install --force-reinstall tensorflow tflearn==0.5.0",
    } in found
    assert os.listdir(tmp_path) == []


def test_every_check_is_made(child, tmp_path):
    child(stdout=json.dumps(FINE))
    said = []
    findings = examine.examine(tmp_path, tmp_path, said.append)
    assert [finding.check for finding in findings] == [
        "Python", "packages", "TensorFlow", "device", "data", "data", "data folder",
        "runs folder",
    ]  # fmt: skip
    assert len(results_text(findings).splitlines()) >= len(findings)
