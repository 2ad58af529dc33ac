"""Counts, the best so far, and the time that is left."""

import pytest

from beenet.sweep import status as board_module
from beenet.sweep.status import Board
from beenet.sweep.task import Looked, Progress


@pytest.fixture
def status(monkeypatch):
    """A sweep of four trials of two epochs, of which one is done; began at 100 s."""
    now = [100.0]
    monkeypatch.setattr(board_module.time, "monotonic", lambda: now[0])
    made = Board(total=4, epochs_left=6.0, done=1, began=50.0)
    made.offer({"old": 0.7})
    return made, now


def test_the_time_left_is_reckoned_in_epochs(status):
    status, now = status
    assert status.left() is None
    status.begin("a", 2)
    status.begin("b", 2)
    assert status.counts() == "1 of 4 done, 2 running"
    assert status.running["a"].stage() == "starting"
    status.progress(Progress("a", 1, 0.0, 2))
    status.progress(Progress("b", 2, 1.0, 2))  # goes on after its first epoch
    status.progress(Progress("a", 2, 1.0, 2))
    status.progress(Progress("b", 2, 1.5, 2))
    assert status.counts() == "1 of 4 done, 2 running"  # nobody knows as yet
    now[0] = 115.0  # 1.5 epochs in 15 s; a has 1, b 0.5 and the fourth 2 to go
    assert status.left() == pytest.approx(35.0)
    assert status.counts() == "1 of 4 done, 2 running; about 0:00:35 left"
    assert status.running["b"].stage() == "75%"
    status.progress(Progress("a", 2, 2.0, 2))
    assert status.running["a"].stage() == "scoring"
    status.look(Looked("a", 2, 0.9))
    status.end("a", "finished")
    status.end("b", "failed")
    assert status.counts().startswith("2 of 4 done, 1 failed; about ")
    assert status.summary() == "2 of 4 done, 1 failed, in 0:01:05"
    assert status.best == ("a", 0.9)


def test_what_ended_counts_by_what_it_trained_here(status):
    status, now = status
    status.begin("a", 2)
    status.begin("b", 2)
    status.progress(Progress("a", 1, 0.0, 2))
    status.progress(Progress("b", 2, 1.0, 2))  # goes on after its first epoch
    status.progress(Progress("b", 2, 1.5, 2))
    now[0] = 115.0
    status.progress(Progress("a", 2, 2.0, 2))
    status.end("a", "finished")
    status.end("b", "failed")
    assert status.left() == pytest.approx(12.0)  # 2.5 epochs took 15 s; 2 are to go


def test_no_time_is_left_when_all_is_trained(status):
    status, now = status
    status.epochs_left = 2.0
    status.begin("a", 2)
    status.progress(Progress("a", 1, 0.0, 2))
    status.progress(Progress("a", 2, 2.0, 2))
    now[0] = 173.0
    assert status.counts() == "1 of 4 done, 1 running"
    assert status.summary() == "1 of 4 done, 1 running, in 0:02:03"


def test_only_finished_trials_are_best(status):
    status, _ = status
    status.begin("a", 2)
    status.look(Looked("a", 1, 0.99))
    status.end("a", "pruned")
    assert status.best == ("old", 0.7)
    assert "1 pruned" in status.counts()
