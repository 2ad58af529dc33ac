"""The numbers of usable cores and of running native threads."""

import os
import threading
from pathlib import Path

from beenet.errors import ConfigError


def core_limit() -> int:
    """Return the number of cores this process may use; ``BEENET_THREADS`` caps it.

    Raises:
        ConfigError: ``BEENET_THREADS`` is not a whole number of 1 or more.
    """
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        cores = os.cpu_count() or 1
    cap = os.environ.get("BEENET_THREADS", "")
    if not cap:
        return cores
    if not (cap.isdecimal() and int(cap)):
        raise ConfigError(
            f"BEENET_THREADS must be a whole number of 1 or more, got {cap!r}"
        )
    return min(cores, int(cap))


def native_threads() -> int:
    """Return the number of threads that are not Python's; 0 if not on Linux."""
    tasks = Path("/proc/self/task")
    there = len(list(tasks.iterdir())) if tasks.exists() else 0
    return max(0, there - threading.active_count())
