"""Folders that may be read but not written, as they are to a user who is not root."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from beenet.experiment import train

# Permissions bind root as well once it has given up its capabilities.
DROP = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"]


# Several commands in one process, for each would load TensorFlow.
SCRIPT = """
import json, sys
from click.testing import CliRunner
from beenet.cli import main
results = [CliRunner().invoke(main, command) for command in json.loads(sys.argv[1])]
print(json.dumps([(r.exit_code, r.stdout, r.stderr) for r in results]))
"""


@pytest.fixture
def beenet(tiny_data):
    """Run beenet commands beside the tiny config, bound by permissions."""
    if os.geteuid() == 0 and not shutil.which(DROP[0]):
        pytest.skip("running as root, without setpriv to give up its rights")

    def run(*commands):
        command = [sys.executable, "-c", SCRIPT, json.dumps(commands)]
        if os.geteuid() == 0:
            command = DROP + command
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=tiny_data, env=environment
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

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
        f"Error: cannot write {run}: Permission denied; choose "
        "another place with --runs or --run-dir"
    )


@pytest.mark.slow
def test_a_new_run_is_refused_and_a_finished_one_is_read_and_kept(
    beenet, tiny, recorder, tmp_path, locked
):
    run = tmp_path / "run"
    train(tiny(), run, reporter=recorder())
    before = {
        path.name: path.read_bytes() for path in run.glob("*.*") if path.is_file()
    }
    run.chmod(0o555)
    try:
        new, kept, evaluated, again = beenet(
            ["train", "tiny.yaml", "--run-dir", str(locked / "run")],
            ["train", "tiny.yaml", "--run-dir", str(run)],
            ["eval", str(run), "--split", "test", "--json"],
            ["train", "tiny.yaml", "--overwrite", "--run-dir", str(run)],
        )
    finally:
        run.chmod(0o755)
    for (code, out, err), folder in ((new, locked / "run"), (again, run)):
        assert (code, out) == (1, "")
        assert err.splitlines()[-1] == refusal(folder)
    assert list(locked.iterdir()) == []
    code, _, err = kept
    assert (code, err) == (0, f"{run} is finished; --overwrite trains it again\n")
    code, out, err = evaluated
    lost = (
        f"warning: this look at test is not counted: {run}/looks.csv: Permission denied"
    )
    assert (code, err.strip()) == (0, lost)
    assert json.loads(out)["split"] == "test"
    assert {
        path.name: path.read_bytes() for path in run.glob("*.*") if path.is_file()
    } == before
