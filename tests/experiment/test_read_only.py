"""Folders that may be read but not written, as they are to a user who is not root."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from beenet.experiment import train

# Permissions bind root as well once it has given up its capabilities.
DROP = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"]


@pytest.fixture
def beenet(tiny_data):
    """Run a beenet command beside the tiny config, bound by permissions."""
    if os.geteuid() == 0 and not shutil.which(DROP[0]):
        pytest.skip("running as root, without setpriv to give up its rights")

    def run(*arguments):
        command = [sys.executable, "-m", "beenet", *arguments]
        if os.geteuid() == 0:
            command = DROP + command
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        return subprocess.run(
            command, capture_output=True, text=True, cwd=tiny_data, env=environment
        )

    return run


@pytest.fixture
def locked(tmp_path):
    """A folder that cannot be written."""
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)


def refusal(run):
    return (
        f"Error: cannot write {run}: Permission denied; free some room or choose "
        "another place with --runs or --run-dir"
    )


def test_a_new_run_is_refused_in_one_line(beenet, locked):
    done = beenet("train", "tiny.yaml", "--run-dir", str(locked / "run"))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == refusal(locked / "run")
    assert list(locked.iterdir()) == []


def test_a_finished_run_is_read_and_kept(beenet, tiny, recorder, tmp_path):
    run = tmp_path / "run"
    train(tiny(), run, reporter=recorder())
    before = {
        path.name: path.read_bytes() for path in run.glob("*.*") if path.is_file()
    }
    run.chmod(0o555)
    try:
        evaluated = beenet("eval", str(run), "--split", "test", "--json")
        again = beenet("train", "tiny.yaml", "--overwrite", "--run-dir", str(run))
    finally:
        run.chmod(0o755)
    assert (evaluated.returncode, evaluated.stderr) == (0, "")
    assert again.returncode == 1
    assert again.stderr.splitlines()[-1] == refusal(run)
    assert {
        path.name: path.read_bytes() for path in run.glob("*.*") if path.is_file()
    } == before
