"""Whole sweeps, in processes of their own, left alone and killed."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from beenet.cli import main
from beenet.experiment.verify import fingerprint
from beenet.runs.folder import RunFolder
from beenet.sweep import local
from beenet.sweep.dry_run import Cost, GridPlan, SearchPlan
from beenet.sweep.measure import Measurements
from beenet.sweep.task import CostEstimate
from beenet.sweep.text import plan_text
from beenet.text.moments import clock

SWEEP = """\
name: s
base: tiny.yaml
matrix:
  optimizer.momentum.learning_rate: [0.05, 0.01]
seeds: 2
"""


@pytest.fixture
def sweep(tiny_data, tmp_path, monkeypatch):
    """A sweep file beside the tiny config, and how to run it in this process."""
    monkeypatch.chdir(tmp_path)
    for name in ("tiny.yaml", "data"):
        (tmp_path / name).symlink_to(tiny_data / name)
    Path("s.yaml").write_text(SWEEP)
    return lambda *flags: CliRunner().invoke(main, ["sweep", "s.yaml", *flags])


def saved(run):
    """Return a run's fingerprint but for its pictures: here none is drawn."""
    files = fingerprint(run).items()
    return {name: bytes_of for name, bytes_of in files if not name.endswith(".png")}


def test_a_sweep_trains_all_compares_them_and_is_then_done(sweep):
    Path("s.yaml").write_text(SWEEP.replace("0.01", "1e30").replace("2\n", "1\n"))
    result = sweep("-j", "2")
    assert result.exit_code == 1
    assert "learning_rate-1e30/seed-5: FAILED: " in result.stderr
    assert "1 trial failed, see runs/s/failed.json; --retry-failed" in result.stderr
    head, row, *_ = result.stdout.splitlines()
    assert head.split("  ")[0] == "point"
    assert row.split()[:3] == ["learning_rate-0.05", "1", "3"]
    assert row.split()[-1] == "0.3333"
    run = RunFolder(Path("runs/s/learning_rate-0.05/seed-5"))
    assert run.read_metrics().name == "s/learning_rate-0.05/seed-5"

    # Again, wider: what is done is left alone, what failed too.
    before = run.metrics.stat().st_mtime_ns
    Path("s.yaml").write_text(SWEEP.replace("0.01", "1e30, 0.02").replace("2\n", "1\n"))
    result = sweep("--json")
    assert result.exit_code == 1
    assert result.stderr.count("finished") == 1
    assert run.metrics.stat().st_mtime_ns == before
    scores = json.loads(result.stdout)
    assert {score["point"]: score["seeds"] for score in scores} == {
        "learning_rate-0.05": [5],
        "learning_rate-0.02": [5],
    }
    accuracies = [score["test"]["mean"] for score in scores]
    assert accuracies == sorted(accuracies, reverse=True)

    # As a single run would have done it, in a process of its own: TensorFlow's threads
    # are those that the first session of a process asked for.
    flags = ["--run-dir", "alone", "-o", "name=s/learning_rate-0.05/seed-5"]
    command = [sys.executable, "-m", "beenet", "train", "tiny.yaml", "-q", *flags]
    subprocess.run(command, check=True, capture_output=True)
    assert saved(RunFolder(Path("alone"))) == saved(run)


def test_a_dry_run_lists_the_points_with_what_they_cost(sweep):
    text = SWEEP.replace("0.05, 0.01", "0.05")
    Path("s.yaml").write_text(text + 'set: {"layers[3].fully_connected.n_units": 9}\n')
    result = sweep("--dry-run", "-j", "2")
    assert result.exit_code == 0, result.output
    head, row, _, total, _ = result.stdout.splitlines()
    assert " ".join(head.split()) == "point trials to do ms/step time memory"
    assert row.split()[:3] == ["learning_rate-0.05", "2", "2"]
    assert float(row.split()[3]) > 0
    assert 100 < int(row.split()[5]) < 4000
    assert re.match(r"about 0:00:\d\d with 2 at a time", total)
    assert result.stderr == "measuring 1 of 1 point\n"
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("jobs", "trials", "found"),
    [
        (None, 9, (4, 1)),
        (None, 1, (1, 4)),
        (None, 0, (1, 4)),
        (3, 9, (3, 1)),
        (8, 1, (8, 1)),
    ],
)
def test_as_many_trials_at_a_time_as_there_are(monkeypatch, jobs, trials, found):
    monkeypatch.setattr(local, "core_limit", lambda: 4)
    assert local.shares(jobs, trials) == found


@pytest.mark.parametrize(
    ("jobs", "left", "time"), [(8, 1, 155), (2, 4, 310), (8, 0, 0)]
)
def test_no_sweep_is_over_before_its_longest_trial(jobs, left, time):
    each = CostEstimate("a", 0.1, 10, 0.5, 5.0, 0)
    points = GridPlan((Cost("p", 4, left, 100 * left, each),), {}, jobs)
    shown = f"about {clock(time)} with {jobs} at a time"
    assert shown in plan_text(points)
    ends = {"low": each, "high": each}
    search = SearchPlan({"lr": "0 to 1"}, 4, 4 - left, 100, None, ends, {}, jobs)
    shown = f"about {clock(time)} to {clock(time)} with {jobs} at a time"
    assert shown in plan_text(search)


def test_an_interrupted_dry_run_prints_what_was_measured(sweep, monkeypatch):
    def interrupted(trials, *_):
        each = CostEstimate(trials[0].name, 0.1, 10, 0.5, 5.0, 0)
        return Measurements({trials[0].name: each}, stopped=130)

    monkeypatch.setattr("beenet.sweep.dry_run.measure", interrupted)
    result = sweep("--dry-run", "-q")
    assert result.exit_code == 130
    rows = [line.split() for line in result.stdout.splitlines()[1:3]]
    assert [(row[0], row[3]) for row in rows] == [
        ("learning_rate-0.05", "100.00"),
        ("learning_rate-0.01", "-"),
    ]
    assert "what was not measured is not in the time below" in result.stdout
    assert result.stderr == "Error: interrupted; not all points were measured\n"


@pytest.mark.parametrize("flag", ["--json", "--retry-failed", "--scheduler=tcp://x"])
def test_a_dry_run_is_of_this_machine_and_in_words(sweep, flag):
    result = sweep("--dry-run", flag)
    assert result.exit_code == 2
    assert "leave --json, --retry-failed and --scheduler out" in result.stderr


def test_folders_of_another_config_are_refused_before_anything_is_trained(sweep):
    for seed in (5, 6):
        folder = Path(f"runs/s/learning_rate-0.05/seed-{seed}")
        (folder / ".resume").mkdir(parents=True)
        (folder / f".resume/000001-000000002-{'0' * 32}.npz").touch()
        (folder / "config.yaml").write_text("name: other\n")
    result = sweep()
    assert result.exit_code == 1
    assert result.stderr.count("holds a run of another config") == 2
    assert result.stderr.endswith(
        "give the sweep another name, or remove these folders\n"
    )
    assert not Path("runs/s/learning_rate-0.01").exists()


def test_a_dry_run_of_what_cannot_be_trained_fails(sweep, tmp_path):
    (tmp_path / "data").unlink()
    result = sweep("--dry-run")
    assert result.exit_code == 1
    for rate in ("0.05", "0.01"):
        assert f"learning_rate-{rate}: {tmp_path / 'data'}: no such folder" in (
            result.stdout
        )


SEARCH = """\
name: s
base: tiny.yaml
search:
  trials: 3
  space:
    optimizer.momentum.learning_rate: {low: 1e-3, high: 1.0, log: true}
"""


@pytest.mark.parametrize("text", [SWEEP, SEARCH], ids=["matrix", "search"])
def test_missing_data_are_refused_before_the_first_trial(text, sweep, tmp_path):
    (tmp_path / "data").unlink()
    Path("s.yaml").write_text(text)
    result = sweep()
    assert result.exit_code == 1
    assert result.stderr == f"Error: {tmp_path / 'data'}: no such folder\n"
    assert not Path("runs/s/failed.json").exists()
    assert not list(Path("runs/s").glob("*rate*"))


def start(*flags):
    """Start a sweep as a user would, in a process group of its own."""
    command = [sys.executable, "-m", "beenet", "sweep", "s.yaml", "-j2", *flags]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def until(what, seconds=60.0):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)


def checkpoints():
    return len(list(Path("runs").rglob(".resume*/*.npz")))


def workers(process):
    """Return the processes of a sweep's group that have a run's lock open."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            pid = int(place.name)
            opened = [os.readlink(link) for link in (place / "fd").iterdir()]
            locks = [name for name in opened if name.endswith("/.lock")]
            if os.getpgid(pid) == process.pid and pid != process.pid and locks:
                found.append(pid)
    return found


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_sweep_that_was_killed_ends_as_one_that_was_left_alone(sweep):
    # Long enough to be met halfway.
    text = SWEEP + "set: {training.epochs: 30, training.checkpoint_every: 0.01}\n"
    Path("s.yaml").write_text(text)
    process = start("--json")
    alone, errors = process.communicate()
    assert process.returncode == 0, errors
    whole = {
        run: fingerprint(RunFolder(run))
        for run in sorted(Path("runs").glob("s/*/seed-*"))
    }
    assert len(whole) == 4
    shutil.rmtree("runs")

    process = start("--json")
    until(lambda: checkpoints() >= 2)
    os.kill(process.pid, signal.SIGKILL)  # the parent alone
    process.communicate()
    assert not all(RunFolder(run).metrics.exists() for run in whole)

    process = start("--json")
    until(lambda: workers(process))
    os.kill(workers(process)[0], signal.SIGKILL)  # a worker
    killed, errors = process.communicate()
    assert process.returncode == 0, errors
    assert (
        "its process was ended by SIGKILL (out of memory?); it is started again"
        in errors
    )
    for run, bytes_of in whole.items():
        assert fingerprint(RunFolder(run)) == bytes_of

    def compared(text):
        return [{**score, "seconds": 0} for score in json.loads(text)]

    assert compared(killed) == compared(alone)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")
def test_after_the_first_a_trial_imports_nothing(sweep, monkeypatch):
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    process = start("-j1")  # the last of the flags holds
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    first, *others, _ = errors.split(": finished")
    assert first.count("| beenet.cli\n") == 2  # the sweep's process, and the server's
    imported = re.findall(r"import time: .*\|\s*(\S+)", "".join(others))
    ours = [name for name in imported if not name.startswith("multiprocessing.")]
    assert len(others) == 3
    assert ours == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="signals a process group")
def test_ctrl_c_saves_what_runs_and_the_same_command_goes_on(sweep):
    Path("s.yaml").write_text(SWEEP + "set: {training.epochs: 30}\n")
    process = start()
    until(lambda: checkpoints() >= 2)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.endswith("Error: interrupted; the same command resumes from there\n")
    assert "Traceback" not in errors
    assert errors.count("stopped") == 2
    process = start()
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert errors.count("finished") == 4
