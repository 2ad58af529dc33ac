"""A trial in its process: what it tells the sweep."""

import os
from pathlib import Path

import beenet.experiment
from beenet.config.load import plain_with_tracking
from beenet.errors import RunError
from beenet.runs.folder import RunFolder
from beenet.runs.history import read_csv
from beenet.sweep.task import Ended, Looked, Task, do


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


def test_a_task_has_its_threads_and_its_data(tiny, monkeypatch):
    def train(loaded, run_dir, *, data_dir, **_):
        raise RunError(f"{os.environ['BEENET_THREADS']} {run_dir} {data_dir}")

    monkeypatch.setenv("BEENET_THREADS", "1")
    monkeypatch.setattr(beenet.experiment, "train", train)
    told, config = [], plain_with_tracking(tiny().config)
    do(Task("a", config, "runs/a", "home", 3), told.append)
    assert told == [Ended("a", "failed", f"3 {Path('runs/a')} home")]
