"""How fast a training is said to be, and how long it will take."""

import pytest

from beenet import progress
from beenet.progress import Clock, Lines
from beenet.runs.history import Epoch


@pytest.fixture
def at(monkeypatch):
    """Set what the clock on the wall says."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return lambda seconds: now.__setitem__(0, float(seconds))


def test_the_speed_is_that_of_lately(at):
    clock = Clock()
    clock.start(10_000)
    assert (clock.rate(), clock.left()) == ("0 steps/s", "")
    at(9)  # the first chunk was compiled meanwhile
    clock.tick(100)
    assert (clock.rate(), clock.left()) == ("0 steps/s", "")
    for second in range(1, 101):
        at(9 + second)
        clock.tick(100 + 10 * second)
    assert clock.rate() == "10 steps/s"
    for second in range(1, 41):
        at(109 + second)
        clock.tick(1100 + 100 * second)
    assert clock.rate() == "100 steps/s"
    assert clock.left() == ", 0:00:49 left"
    clock.tick(10_000)
    assert clock.left() == ""


def test_a_line_of_an_epoch_has_its_own_speed(at, capsys):
    lines = Lines()
    lines.begin(3, 1000, 0, None)
    lines.progress(0, 10, 0.5, 0.5)
    at(100)
    lines.progress(0, 1000, 0.5, 0.5)
    lines.epoch(Epoch("data", 1, 1000, 0.5, None, 0.5, 0.9, 4.0))
    shown = capsys.readouterr().err.splitlines()[-1]
    assert shown.endswith("4.0 s  250 steps/s, 0:03:22 left")
