"""Counts, the best so far, and the time that is left."""

import pytest

from beenet.sweep import board as board_module
from beenet.sweep.board import Board
from beenet.sweep.task import Looked, Progress


@pytest.fixture
def board(monkeypatch):
    """A sweep of four trials of two epochs, of which one is done; began at 100 s."""
    now = [100.0]
    monkeypatch.setattr(board_module.time, "monotonic", lambda: now[0])
    made = Board(total=4, epochs_left=6.0, done=1, began=50.0)
    made.offer({"old": 0.7})
    return made, now


def test_the_time_left_is_reckoned_in_epochs(board):
    board, now = board
    assert board.left() is None
    board.begin("a", 2)
    board.begin("b", 2)
    assert board.counts() == "1 of 4 done, 2 running"
    assert board.running["a"].stage() == "starting"
    board.progress(Progress("a", 1, 0.0, 2))
    board.progress(Progress("b", 2, 1.0, 2))  # goes on after its first epoch
    board.progress(Progress("a", 2, 1.0, 2))
    board.progress(Progress("b", 2, 1.5, 2))
    assert board.counts() == "1 of 4 done, 2 running"  # nobody knows as yet
    now[0] = 115.0  # 1.5 epochs in 15 s; a has 1, b 0.5 and the fourth 2 to go
    assert board.left() == pytest.approx(35.0)
    assert board.counts() == "1 of 4 done, 2 running; about 0:00:35 left"
    assert board.running["b"].stage() == "75%"
    board.progress(Progress("a", 2, 2.0, 2))
    assert board.running["a"].stage() == "scoring"
    board.look(Looked("a", 2, 0.9))
    board.end("a", "finished")
    board.end("b", "failed")
    assert board.counts().startswith("2 of 4 done, 1 failed; about ")
    assert board.best == ("a", 0.9)


def test_no_time_is_left_when_all_is_trained(board):
    board, now = board
    board.epochs_left = 2.0
    board.begin("a", 2)
    board.progress(Progress("a", 1, 0.0, 2))
    board.progress(Progress("a", 2, 2.0, 2))
    now[0] = 173.0
    assert board.counts() == "1 of 4 done, 1 running"
    assert board.summary() == "1 of 4 done, 1 running, in 0:02:03"


def test_only_finished_trials_are_best(board):
    board, _ = board
    board.begin("a", 2)
    board.look(Looked("a", 1, 0.99))
    board.end("a", "pruned")
    assert board.best == ("old", 0.7)
    assert "1 pruned" in board.counts()
