"""How many threads a run uses."""

import os
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Plan:
    """The thread counts of a run; they are part of what its numbers depend on."""

    intra: int
    """Threads that share one large operation."""

    inter: int
    """Operations that may run at the same time."""


def core_limit() -> int:
    """Return how many cores this process may use; ``BEENET_THREADS`` caps it."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        cores = os.cpu_count() or 1
    cap = os.environ.get("BEENET_THREADS", "")
    return min(cores, int(cap)) if cap.isdecimal() and int(cap) else cores


def choose_plan(threads: int | Literal["auto"]) -> Plan:
    """Return the plan for ``threads``."""
    n = core_limit() if threads == "auto" else threads
    return Plan(intra=n, inter=n)
