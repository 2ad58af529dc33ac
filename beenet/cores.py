"""What of the machine this process may use, and what it has used."""

import os
import platform
import sys
import threading
from pathlib import Path

from beenet.errors import ConfigError

_VECTORS = ("avx512f", "avx2", "asimd")  # the widest first


def core_limit() -> int:
    """Return how many cores this process may use; ``BEENET_THREADS`` caps it.

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
    """Return how many threads of this process are not Python's; 0 if not on Linux."""
    tasks = Path("/proc/self/task")
    there = len(list(tasks.iterdir())) if tasks.exists() else 0
    return max(0, there - threading.active_count())


def peak_bytes() -> int | None:
    """Return the most memory that this process ever held; None if it is not known."""
    try:
        # On Linux, getrusage would remember the process that started this one.
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def processor() -> str:
    """Return the processor's name, as far as the system tells."""
    return proc_field("cpuinfo", "model name") or platform.machine()


def vectors() -> str:
    """Return the widest vector instructions by Linux's name; empty if not known."""
    flags = proc_field("cpuinfo", "flags") or proc_field("cpuinfo", "Features")
    return next((flag for flag in _VECTORS if flag in flags.split()), "")


def proc_field(file: str, name: str) -> str:
    """Return what first stands behind ``name :`` in a file of /proc, if anything."""
    try:
        text = Path("/proc", file).read_text(encoding="utf-8")
    except OSError:  # no Linux
        return ""
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""
