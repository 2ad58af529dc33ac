"""How many threads a run uses: as told, or as measured."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from beenet.cores import core_limit
from beenet.engine.trial import in_child
from beenet.network.network import Network
from beenet.tflearn_backend import tf


@dataclass(frozen=True)
class Plan:
    """The thread counts of a run; they are part of what its numbers depend on."""

    intra: int
    """Threads that share one large operation."""

    inter: int
    """Operations that may run at the same time."""


def plan_of(network: Network) -> Plan:
    """Return the plan that the network's session was made with."""
    configs = network.graph.get_collection(tf.GraphKeys.GRAPH_CONFIG)
    if not configs:  # TensorFlow takes every core
        return Plan(core_limit(), core_limit())
    return Plan(
        configs[0].intra_op_parallelism_threads or core_limit(),
        configs[0].inter_op_parallelism_threads or core_limit(),
    )


def choose_plan(
    threads: int | Literal["auto"], trial: Callable[[Plan], float] | None = None
) -> Plan:
    """Return the plan for ``threads``.

    A small network trains faster on one thread than on two, a wide one does not:
    ``auto`` tries. TensorFlow makes the threads of a process once and for all, so each
    plan is tried in a forked child, which shares the data and leaves no trace. Where
    that cannot be (no fork, or a session made threads already), it is one thread.

    Args:
        threads: a count, capped by ``BEENET_THREADS``; or ``auto``.
        trial: returns the seconds that a training step takes under a plan: builds a
            network and times ``seconds_per_step``. None to do without.
    """
    limit = core_limit()
    if threads != "auto":
        n = min(threads, limit) if os.environ.get("BEENET_THREADS") else threads
        return Plan(n, n)
    plans = [Plan(n, n) for n in sorted({1, min(2, limit), limit})]
    if trial is None or len(plans) == 1:
        return plans[0]
    times = {}
    for plan in plans:
        seconds = in_child(partial(trial, plan))
        if seconds is not None:
            times[plan] = seconds
    return min(times, key=lambda plan: times[plan]) if times else plans[0]
