"""Thread counts: as told, capped, or measured."""

import errno
import os
import signal
import subprocess
import sys
from typing import ClassVar

import pytest

from beenet.engine import measure_fastest_plan, requested_plan
from beenet.engine import plan as plan_module
from beenet.engine.forked_timer import ForkedTimer, can_fork
from beenet.errors import ConfigError
from beenet.system.thread_plan import ThreadPlan
from beenet.tflearn_backend import tflearn
from tests.conftest import slow

TRIAL = """
import os, sys
from beenet.engine import measure_fastest_plan
from beenet.engine import plan as plan_module
from beenet.system.thread_plan import ThreadPlan
plan_module.core_limit = lambda: 4
of = {(1, 1): 3.0, (1, 2): 4.0, (2, 2): 1.0, (4, 4): 2.0}
times = {ThreadPlan(*counts): seconds for counts, seconds in of.items()}
parent = os.getpid()
def trial(plan):
    if os.getpid() == parent: sys.exit("tried in the parent")
    if plan == ThreadPlan(4, 4): raise MemoryError
    turns = iter([9.0, *[times[plan]] * 6])  # one moment's trouble
    return lambda: next(turns)
print(measure_fastest_plan(trial))
"""


@pytest.fixture
def cores(monkeypatch):
    monkeypatch.setattr(plan_module, "core_limit", lambda: 4)


def test_as_told(cores):
    assert requested_plan(3) == ThreadPlan(3, 3)
    assert requested_plan(8) == ThreadPlan(8, 8)


def test_the_environment_caps(monkeypatch):
    monkeypatch.setenv("BEENET_THREADS", "1")
    assert requested_plan(8) == ThreadPlan(1, 1)
    assert measure_fastest_plan(
        lambda plan: pytest.fail("no choice to try")
    ) == ThreadPlan(1, 1)


@pytest.mark.parametrize("cap", ["two", "0", "-1", "1.5"])
def test_an_environment_that_is_no_number_is_an_error(monkeypatch, cap):
    monkeypatch.setenv("BEENET_THREADS", cap)
    with pytest.raises(ConfigError, match=f"whole number of 1 or more, got '{cap}'"):
        requested_plan("auto")


def test_one_thread_where_nothing_can_be_tried(cores, monkeypatch):
    monkeypatch.setattr(plan_module, "can_fork", lambda: False)
    assert requested_plan("auto") == ThreadPlan(1, 1)
    assert measure_fastest_plan(lambda plan: pytest.fail("tried")) is None


class Pretended:
    """What answers as a child would, from a list; then it is dead."""

    asked: ClassVar[list[ThreadPlan]] = []
    """Which plan was asked, in order."""

    def __init__(self, prepare):
        self.plan, *self.turns = prepare()

    def is_ready(self):
        return bool(self.turns)

    def measure(self):
        Pretended.asked.append(self.plan)
        return self.turns.pop(0) if self.turns else None

    def close(self):
        pass


ONE, PAIR, TWO, FOUR = (
    ThreadPlan(1, 1),
    ThreadPlan(1, 2),
    ThreadPlan(2, 2),
    ThreadPlan(4, 4),
)


@pytest.mark.parametrize(
    ("turns", "best"),
    [
        # That of 4 cannot be prepared.
        ({ONE: [3.0] * 7, PAIR: [2.5] * 7, TWO: [2.0] * 7, FOUR: []}, TWO),
        # That of 2 dies.
        ({ONE: [3.0] * 7, PAIR: [2.0] * 7, TWO: [1.0] * 6, FOUR: [4.0] * 7}, PAIR),
        ({ONE: [2.0] * 4 + [9.0] * 3, PAIR: [3.0] * 7, TWO: [], FOUR: []}, ONE),
        ({ONE: [2.0] * 7, PAIR: [], TWO: [], FOUR: [1.0] * 3 + [4.0] * 4}, ONE),
        ({ONE: [], PAIR: [], TWO: [], FOUR: []}, None),
    ],
)
def test_the_plan_of_the_fastest_median_turn_wins(cores, monkeypatch, turns, best):
    monkeypatch.setattr(plan_module, "can_fork", lambda: True)
    monkeypatch.setattr(plan_module, "ForkedTimer", Pretended)
    monkeypatch.setattr(Pretended, "asked", [])
    assert measure_fastest_plan(lambda plan: [plan, *turns[plan]]) == best
    able = [plan for plan in turns if turns[plan]]
    assert Pretended.asked[: 2 * len(able)] == able * 2, "in turn"


@pytest.mark.skipif(sys.platform != "linux", reason="plans are tried by forking")
def test_plans_are_tried_in_children():
    done = subprocess.run(
        [sys.executable, "-c", TRIAL], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "2 threads"


@pytest.mark.skipif(sys.platform != "linux", reason="plans are tried by forking")
def test_where_no_process_can_be_made_nothing_is_measured(cores, monkeypatch):
    def refuse():
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(plan_module, "can_fork", lambda: True)
    monkeypatch.setattr(os, "fork", refuse)
    open_files = len(os.listdir("/proc/self/fd"))
    assert measure_fastest_plan(lambda plan: lambda: 1.0) is None
    assert len(os.listdir("/proc/self/fd")) == open_files


@pytest.mark.skipif(sys.platform != "linux", reason="plans are tried by forking")
def test_a_child_that_fails_or_is_gone_says_nothing():
    def fail():
        raise MemoryError

    child = ForkedTimer(lambda: fail)
    assert child.is_ready()
    assert child.measure() is None
    assert child.measure() is None
    child.close()
    child = ForkedTimer(fail)
    assert not child.is_ready()
    child.close()


ORPHAN = """
import os, time
from beenet.engine.forked_timer import ForkedTimer
children = [ForkedTimer(lambda: lambda: 1.0) for _ in range(3)]
assert all(child.is_ready() for child in children)
print(*(child._pid for child in children), flush=True)
os.kill(os.getpid(), 9)
"""
BUSY = ORPHAN.replace("lambda: lambda: 1.0", "lambda: time.sleep(600)").replace(
    "assert all(child.is_ready() for child in children)\n", ""
)


@pytest.mark.parametrize("script", [slow(ORPHAN), BUSY], ids=["asked", "preparing"])
@pytest.mark.skipif(sys.platform != "linux", reason="plans are tried by forking")
def test_children_end_with_a_parent_that_was_killed(script):
    done = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, timeout=120
    )  # which waits until nobody can write there any more
    assert done.returncode == -signal.SIGKILL
    assert len(done.stdout.split()) == 3


def test_no_fork_once_tensorflow_has_threads(make_network):
    make_network(lambda net: tflearn.fully_connected(net, 2), (3,))
    assert not can_fork()
