"""Measuring what trials cost: how far it is, and what an interruption leaves."""

import os
import signal
import sys

import pytest

from beenet.runs.folder import RunFolder
from beenet.sweep import display
from beenet.sweep.display import show_measuring
from beenet.sweep.measure import Measurements, measure
from beenet.sweep.task import CostEstimate, Ended
from beenet.sweep.trials import Trial


class Scripted:
    """Measures trials at once; of one it cannot, and at one Ctrl-C is pressed."""

    threads = 1

    def __init__(self, bad="", press="") -> None:
        self.bad, self.press, self.closed = bad, press, False

    def submit(self, task) -> None:
        self.task = task

    def events(self, seconds):
        name = self.task.name
        if name == self.press:
            os.kill(os.getpid(), signal.SIGINT)
            return []
        if name == self.bad:
            return [Ended(name, "failed", "too steep")]
        return [cost(name), Ended(name, "finished")]

    def close(self) -> None:
        self.closed = True


def cost(name):
    return CostEstimate(name, 0.1, 10, 0.5, 5.0, 0)


@pytest.fixture
def trials(tiny, tmp_path):
    config = tiny().config
    return [Trial(name, 1, config, RunFolder(tmp_path / name)) for name in "abc"]


def test_each_trial_is_told_and_measured(trials):
    executor, told = Scripted(bad="b/seed-1"), []
    found = measure(trials, executor, None, told.append)
    costs = {name: cost(name) for name in ("a/seed-1", "c/seed-1")}
    assert found == Measurements(costs, {"b/seed-1": "too steep"})
    assert told == [1, 2, 3]
    assert executor.closed


def test_what_was_measured_before_an_interruption_is_kept(trials):
    executor = Scripted(press="b/seed-1")
    found = measure(trials, executor)
    assert found == Measurements({"a/seed-1": cost("a/seed-1")}, stopped=130)
    assert executor.closed


@pytest.mark.parametrize(("every", "lines"), [(10.0, [1]), (0.0, [1, 2, 3])])
def test_the_progress_is_a_line_every_few_seconds(every, lines, capsys, monkeypatch):
    monkeypatch.setattr(display, "_EVERY", every)
    with show_measuring(3, quiet=False) as tell:
        for number in (1, 2, 3):
            tell(number)
    shown = [f"measuring {number} of 3 points" for number in lines]
    assert capsys.readouterr().err.splitlines() == shown
    with show_measuring(3, quiet=True) as tell:
        tell(1)
    assert capsys.readouterr().err == ""


def test_in_a_terminal_the_line_is_replaced(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with show_measuring(3, quiet=False) as tell:
        tell(2)
    assert "measuring 2 of 3 points" in capsys.readouterr().err
