"""Choose a run's thread plan: as requested, or as measured."""

import contextlib
import os
import statistics
from collections.abc import Callable
from functools import partial
from typing import Literal

from beenet.engine.forked_timer import ForkedTimer, Measure, can_fork
from beenet.network.network import Network
from beenet.system.cores import core_limit
from beenet.system.thread_plan import ThreadPlan

_TURNS = 7  # measurements of each plan that is tried


def plan_of(network: Network) -> ThreadPlan:
    """Return the thread plan of the network's session."""
    config = network.session_config  # 0 means every core
    return ThreadPlan(
        config.intra_op_parallelism_threads or core_limit(),
        config.inter_op_parallelism_threads or core_limit(),
    )


def requested_plan(threads: int | Literal["auto"]) -> ThreadPlan:
    """Return the plan for ``threads`` without measuring: ``auto`` is one thread.

    Args:
        threads: a count, capped by ``BEENET_THREADS``; or ``auto``.
    """
    limit = core_limit()
    if threads == "auto":
        return ThreadPlan(1, 1)
    n = min(threads, limit) if os.environ.get("BEENET_THREADS") else threads
    return ThreadPlan(n, n)


def measure_fastest_plan(trial: Callable[[ThreadPlan], Measure]) -> ThreadPlan | None:
    """Return the plan with which a network trains fastest; None if not measurable.

    A small network trains faster on one thread than on two, a wide one does not, and
    a deep one fastest when two operations run at a time, each on one. TensorFlow makes
    the threads of a process only once, so each plan is tried in a forked child, which
    shares the data and leaves no trace. That is impossible where there is no fork, or
    where a session has already made threads.

    The children take turns, and the median turn counts: short loads from other
    processes on the machine then affect all of them alike.

    Args:
        trial: builds a network under a plan, and returns a function that trains it
            briefly and returns the seconds per step.
    """
    limit = core_limit()
    plans = [ThreadPlan(n, n) for n in sorted({1, min(2, limit), limit})]
    if limit > 1:  # a gradient for the weights beside one for the layer below
        plans.insert(1, ThreadPlan(1, 2))
    if len(plans) == 1:
        return plans[0]
    if not can_fork():
        return None
    with contextlib.ExitStack() as stack:
        children = {}
        for plan in plans:
            with contextlib.suppress(OSError):  # no room for another process
                child = ForkedTimer(partial(trial, plan))
                children[plan] = stack.enter_context(contextlib.closing(child))
        # Wait until all are ready: building would disturb the measurements.
        turns: dict[ThreadPlan, list[float]] = {
            plan: [] for plan, child in children.items() if child.is_ready()
        }
        for _ in range(_TURNS):
            for plan in list(turns):
                seconds = children[plan].measure()
                if seconds is None:
                    del turns[plan]
                else:
                    turns[plan].append(seconds)
    return min(turns, key=lambda plan: statistics.median(turns[plan]), default=None)
