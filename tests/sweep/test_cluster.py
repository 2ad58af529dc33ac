"""Sweeps on a Dask cluster: a real scheduler, and worker processes that get killed."""

import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from beenet.cli import main
from beenet.errors import SweepError
from beenet.experiment import train
from beenet.experiment.verify import fingerprint
from beenet.runs.folder import RunFolder
from beenet.sweep import cluster
from beenet.sweep.task import Task

SWEEP = """\
name: s
base: tiny.yaml
set: {training.epochs: 30, training.checkpoint_every: 0.01}
matrix: {optimizer.momentum.learning_rate: [0.05, 0.01]}
seeds: 2
"""

CLUSTER = """\
import json, sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True,
                      dashboard_address=None, local_directory="scratch") as cluster:
        pids = [worker.process.pid for worker in cluster.workers.values()]
        print(json.dumps([cluster.scheduler_address, pids]), flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def files(tiny_data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("tiny.yaml", "data"):
        (tmp_path / name).symlink_to(tiny_data / name)
    Path("s.yaml").write_text(SWEEP)
    Path("cluster.py").write_text(CLUSTER)


@pytest.fixture
def two_workers(files):
    """The address of a scheduler on this machine, and its workers' process ids."""
    with open("cluster.log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, "cluster.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    line = process.stdout.readline()
    assert line, Path("cluster.log").read_text()
    yield json.loads(line)
    process.communicate("")


def start(*flags):
    return subprocess.Popen(
        [sys.executable, "-m", "beenet", "sweep", "s.yaml", "--json", *flags],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def prints():
    runs = sorted(Path("runs").glob("s/*/seed-*"))
    return {run: fingerprint(RunFolder(run)) for run in runs}


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_the_same_runs(two_workers):
    address, workers = two_workers
    alone = start("-j2")
    _, errors = alone.communicate()
    assert alone.returncode == 0, errors
    whole = prints()
    shutil.rmtree("runs")

    swept = start("--scheduler", address)
    end = time.monotonic() + 180
    while len(list(Path("runs").rglob(".resume*/*.npz"))) < 2:
        assert time.monotonic() < end
        time.sleep(0.02)
    os.kill(workers[0], signal.SIGKILL)
    _, errors = swept.communicate(timeout=180)
    assert swept.returncode == 0, errors
    assert errors.count("finished") == 4
    assert (
        len(re.findall(r"seed-\d: worker tcp:\S+ was lost; tcp:\S+ takes", errors)) == 1
    )
    assert len(whole) == 4
    assert prints() == whole


@pytest.mark.slow
def test_without_a_shared_file_system_finished_runs_are_sent_back(
    two_workers, monkeypatch
):
    address, _ = two_workers
    Path("s.yaml").write_text(SWEEP.replace("30,", "2,"))
    # A token that no worker sees stands for a file system that no worker sees.
    resolve = Path.resolve

    def elsewhere(path):
        hidden = path.name.startswith(".shared-")
        return Path("/nowhere") / path.name if hidden else resolve(path)

    monkeypatch.setattr(Path, "resolve", elsewhere)
    result = CliRunner().invoke(
        main, ["sweep", "s.yaml", "--json", "--scheduler", address]
    )
    assert result.exit_code == 0, result.stderr
    assert len(json.loads(result.stdout)) == 2
    finished = [RunFolder(run).state() for run in Path("runs").glob("s/*/seed-*")]
    assert finished == ["finished"] * 4
    assert not list(Path("scratch").rglob("metrics.json"))  # what was sent is let go
    whole = prints()
    again = start("-j2")  # all is there: nothing is trained
    _, errors = again.communicate()
    assert "finished" not in errors
    assert prints() == whole


def test_files_from_a_worker_stay_in_their_folder(tmp_path):
    for name in ("../evil", "/evil", "a/../../evil"):
        with pytest.raises(SweepError, match="a worker sent a file named"):
            cluster._unpack({name: b"", "metrics.json": b"{}"}, tmp_path / "run")
    assert not (tmp_path / "evil").exists()
    assert RunFolder(tmp_path / "run").state() == "new"


def test_whoever_is_killed_while_they_are_written_leaves_a_run_that_can_go_on(
    tiny, recorder, tmp_path, monkeypatch
):
    sent = train(tiny("training.epochs=1"), tmp_path / "sent", reporter=recorder())
    brought, folder = cluster._pack(sent.path), RunFolder(tmp_path / "run")
    write = cluster.files.write_bytes

    def killed_at(victim):
        def dying(path, data):
            if path == folder.path / victim:
                raise KeyboardInterrupt
            write(path, data)

        monkeypatch.setattr(cluster.files, "write_bytes", dying)
        with pytest.raises(KeyboardInterrupt):
            cluster._unpack(brought, folder.path)
        monkeypatch.setattr(cluster.files, "write_bytes", write)

    for victim in brought:
        killed_at(victim)
        whole = victim == "metrics.json"
        assert folder.state() == ("unfinished" if whole else "new"), victim
    for victim in ("outcomes.npz", "metrics.json"):
        killed_at(victim)
        again = train(tiny("training.epochs=1"), folder.path, reporter=recorder())
        assert fingerprint(again) == fingerprint(sent)


def test_the_folder_that_they_are_sent_to_may_lie_above(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    cluster._unpack({"metrics.json": b"{}"}, Path("../runs/a"))
    assert RunFolder(tmp_path / "runs/a").state() == "finished"


def test_no_scheduler_is_one_line(files, monkeypatch):
    monkeypatch.setattr(cluster, "_PATIENCE", 0.2)
    result = CliRunner().invoke(
        main, ["sweep", "s.yaml", "--scheduler", "tcp://127.0.0.1:9"]
    )
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "Error: tcp://127.0.0.1:9: no cluster to work on: Timed out "
    )
    assert len(result.stderr.splitlines()) == 1


def test_without_dask_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SweepError, match=r"pip install 'beenet\[cluster\]'"):
        cluster.import_distributed()


class FakeClient:
    """A cluster of two workers with four threads each, and perhaps a GPU."""

    status = "running"

    def __init__(self, gpus=0):
        self.gpus, self.asked = gpus, []

    def __call__(self, *_, **__):
        return self

    def wait_for_workers(self, *_, **__):
        pass

    def subscribe_topic(self, *_):
        pass

    def nthreads(self):
        return {"a": 4, "b": 4}

    def scheduler_info(self, n_workers):
        resources = [{"GPU": 1.0}] * self.gpus + [{}] * (2 - self.gpus)
        return {"workers": {str(i): {"resources": r} for i, r in enumerate(resources)}}

    def submit(self, *_, resources, **__):
        self.asked.append(resources)
        return SimpleNamespace(add_done_callback=lambda _: None, cancel=lambda: None)

    def close(self, timeout):
        pass


@pytest.mark.parametrize("address", ["localhost", "tcp://there:port", "tcp://", ""])
def test_what_is_no_address_is_told_at_once(address, tmp_path):
    with pytest.raises(SweepError) as caught:
        cluster.DaskExecutor(address, tmp_path)
    assert str(caught.value) == (
        f"--scheduler must be like tcp://host:8786, got {address!r}"
    )


def test_no_logger_of_dask_prints_what_is_reported_in_one_line(tmp_path, monkeypatch):
    names = ("distributed", "distributed.client", "distributed.core")
    loggers = [logging.getLogger(name) for name in names]
    for logger in loggers:
        monkeypatch.setattr(logger, "level", logging.WARNING)  # put back afterwards
        logger.setLevel(logging.WARNING)  # as Dask's own configuration does
    module = SimpleNamespace(Client=FakeClient())
    monkeypatch.setattr(cluster, "import_distributed", lambda: module)
    cluster.DaskExecutor("tcp://there:1", tmp_path).close()
    assert not any(logger.isEnabledFor(logging.ERROR) for logger in loggers)


def test_a_scheduler_that_goes_away_is_one_line(tmp_path, monkeypatch):
    client = FakeClient()
    module = SimpleNamespace(Client=client)
    monkeypatch.setattr(cluster, "import_distributed", lambda: module)
    executor = cluster.DaskExecutor("tcp://there:1", tmp_path)
    task = Task("a", {"training": {"device": "cpu"}}, str(tmp_path / "run"), None, 1)
    executor.submit(task)
    # Dask takes back all that was handed to a scheduler that is no more.
    executor._heard.put(("a", SimpleNamespace(cancelled=lambda: True)))
    gone = r"^tcp://there:1: the scheduler is gone; once it and its workers run again"
    with pytest.raises(SweepError, match=gone):
        executor.events(0.1)
    client.status = "connecting"
    for ask in (lambda: executor.slots, lambda: executor.submit(task)):
        with pytest.raises(SweepError, match=gone):
            ask()
    executor.close()


@pytest.mark.parametrize(
    ("device", "gpus", "most", "asked", "slots"),
    [
        ("cpu", 2, None, None, 8),
        ("auto", 0, None, None, 8),
        ("auto", 1, None, {"GPU": 1}, 1),
        ("gpu", 2, None, {"GPU": 1}, 2),
        ("gpu:1", 0, None, {"GPU": 1}, 8),  # it waits for a worker that has one
        ("auto", 0, 3, None, 3),
        ("auto", 2, 1, {"GPU": 1}, 1),
    ],
)
def test_trials_go_where_the_gpus_are_and_no_more_than_told_at_a_time(
    device, gpus, most, asked, slots, tmp_path, monkeypatch
):
    client = FakeClient(gpus)
    module = SimpleNamespace(Client=client)
    monkeypatch.setattr(cluster, "import_distributed", lambda: module)
    executor = cluster.DaskExecutor("tcp://there:1", tmp_path, most)
    config = {"training": {"device": device}}
    executor.submit(Task("a", config, str(tmp_path / "run"), None, 1))
    assert client.asked == [asked]
    assert executor.slots == slots
    executor.close()
