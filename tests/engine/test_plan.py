"""Thread counts: as told, capped, or measured."""

import subprocess
import sys

import pytest

from beenet.engine import Plan, choose_plan
from beenet.engine import plan as plan_module
from beenet.engine.trial import in_child
from beenet.errors import ConfigError
from beenet.tflearn_backend import tflearn

TRIAL = """
import os, sys
from beenet.engine import Plan, choose_plan
from beenet.engine import plan as plan_module
plan_module.core_limit = lambda: 4
times = {Plan(1, 1): 3.0, Plan(2, 2): 1.0, Plan(4, 4): 2.0}
parent = os.getpid()
def trial(plan):
    if os.getpid() == parent: sys.exit("tried in the parent")
    if plan == Plan(4, 4): raise MemoryError
    return times[plan]
print(choose_plan("auto", trial))
"""


@pytest.fixture
def cores(monkeypatch):
    monkeypatch.setattr(plan_module, "core_limit", lambda: 4)


def test_as_told(cores):
    assert choose_plan(3) == Plan(3, 3)
    assert choose_plan(8) == Plan(8, 8)


def test_the_environment_caps(monkeypatch):
    monkeypatch.setenv("BEENET_THREADS", "1")
    assert choose_plan(8) == Plan(1, 1)
    assert choose_plan("auto", lambda plan: pytest.fail("no choice to try")) == Plan(
        1, 1
    )


@pytest.mark.parametrize("cap", ["two", "0", "-1", "1.5"])
def test_an_environment_that_is_no_number_is_an_error(monkeypatch, cap):
    monkeypatch.setenv("BEENET_THREADS", cap)
    with pytest.raises(ConfigError, match=f"whole number of 1 or more, got '{cap}'"):
        choose_plan("auto")


def test_one_thread_where_nothing_can_be_tried(cores, monkeypatch):
    monkeypatch.setattr(plan_module, "in_child", lambda measure: None)
    assert choose_plan("auto") == Plan(1, 1)
    assert choose_plan("auto", lambda plan: 1.0) == Plan(1, 1)


def test_the_fastest_plan_wins_and_a_failing_one_is_passed_by(cores, monkeypatch):
    times = {Plan(1, 1): 3.0, Plan(2, 2): 1.0, Plan(4, 4): None}
    monkeypatch.setattr(plan_module, "in_child", lambda measure: measure())
    assert choose_plan("auto", times.get) == Plan(2, 2)


@pytest.mark.skipif(sys.platform != "linux", reason="plans are tried by forking")
def test_plans_are_tried_in_children():
    done = subprocess.run(
        [sys.executable, "-c", TRIAL], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "Plan(intra=2, inter=2)"


def test_no_fork_once_tensorflow_has_threads(make_network):
    make_network(lambda net: tflearn.fully_connected(net, 2), (3,))
    assert in_child(lambda: 1.0) is None
