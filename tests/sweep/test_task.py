"""A trial in its process: what it tells the sweep."""

import errno
import os
from pathlib import Path

import pytest

import beenet.experiment
from beenet.config.load import plain_with_tracking
from beenet.errors import RunError
from beenet.runs.folder import RunFolder
from beenet.runs.history import read_csv
from beenet.sweep import task as tasks
from beenet.sweep.task import Ended, Looked, Task, do, do_in_process
from beenet.system.write_errors import explain_write_errors


def test_the_last_look_is_that_of_the_weights_that_are_kept(
    tiny, tmp_path, monkeypatch
):
    monkeypatch.setenv("BEENET_THREADS", os.environ.get("BEENET_THREADS", "1"))
    rate = "optimizer.momentum.learning_rate=0.5"  # test gets worse again
    config = tiny("training.epochs=6", "training.save_best=accuracy", rate).config
    run, told = RunFolder(tmp_path / "run"), []
    task = Task("a", plain_with_tracking(config), str(run.path), None, 1, False)
    do(task, told.append)
    assert told[-1] == Ended("a", "finished")
    looks = [event for event in told if isinstance(event, Looked)]
    seen = [row.test_accuracy for row in read_csv(Path(run.history))]
    assert [look.accuracy for look in looks[:-1]] == seen
    kept = run.read_metrics().splits["test"].accuracy
    assert looks[-1] == Looked("a", 6, kept)
    assert kept == max(seen) > seen[-1]


@pytest.mark.parametrize(
    ("number", "full"), [(errno.ENOSPC, True), (errno.EACCES, False)]
)
@pytest.mark.parametrize("explained", [True, False])
def test_a_full_disk_is_told_apart_from_a_failure(
    number, full, explained, tmp_path, monkeypatch
):
    def fail(*_):
        if not explained:
            raise OSError(number, "refused")
        with explain_write_errors(tmp_path):
            raise OSError(number, "refused")

    monkeypatch.setattr(tasks, "_train", fail)
    monkeypatch.setenv("BEENET_THREADS", "1")
    told = []
    do(Task("a", {}, str(tmp_path), None, 1), told.append)
    (ended,) = told
    assert (ended.how, ended.disk_full) == ("failed", full)


def test_a_log_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    class Sink:
        send = staticmethod(lambda event: told.append(event))

    def refuse(*_):
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    told = []
    monkeypatch.setattr(tasks.os, "open", refuse)
    monkeypatch.setattr(tasks.signal, "signal", lambda *_: None)
    log = tmp_path / "a.log"
    do_in_process(Task("a", {}, str(tmp_path), None, 1), Sink(), str(log))
    text = f"cannot write {log}: Disk quota exceeded"
    assert told == [Ended("a", "failed", text, disk_full=True)]


def test_a_task_has_its_threads_and_its_data(tiny, monkeypatch):
    def train(loaded, run_dir, *, data_dir, **_):
        raise RunError(f"{os.environ['BEENET_THREADS']} {run_dir} {data_dir}")

    monkeypatch.setenv("BEENET_THREADS", "1")
    monkeypatch.setattr(beenet.experiment, "train", train)
    told, config = [], plain_with_tracking(tiny().config)
    do(Task("a", config, "runs/a", "home", 3), told.append)
    assert told == [Ended("a", "failed", f"3 {Path('runs/a')} home")]
