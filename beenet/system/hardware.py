"""The machine's processor and memory, and the memory this process has used."""

import platform
import sys
from contextlib import suppress
from pathlib import Path

_CONTAINER_LIMITS = (  # of control groups, versions 2 and 1
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
_VECTORS = ("avx512f", "avx2", "asimd")  # the widest first


def peak_bytes() -> int | None:
    """Return the peak memory of this process in bytes; None if it is not known."""
    # On Linux, getrusage would include the process that started this one.
    if held := proc_field("self/status", "VmHWM"):
        return int(held.split()[0]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def memory_bytes() -> int | None:
    """Return the most bytes of memory that this process may use; None if not known.

    In a container that is at most the container's limit.
    """
    found = []
    if total := proc_field("meminfo", "MemTotal"):
        found.append(int(total.split()[0]) * 1024)
    for path in _CONTAINER_LIMITS:
        with suppress(OSError, ValueError):  # "max" is no limit
            found.append(int(path.read_text(encoding="utf-8")))
    return min(found, default=None)


def processor() -> str:
    """Return the processor's name, or its architecture if the name is not known."""
    return proc_field("cpuinfo", "model name") or platform.machine()


def vectors() -> str:
    """Return the widest vector instructions by Linux's name; empty if not known."""
    flags = proc_field("cpuinfo", "flags") or proc_field("cpuinfo", "Features")
    return next((flag for flag in _VECTORS if flag in flags.split()), "")


def proc_field(file: str, name: str) -> str:
    """Return the first value of ``name :`` in a file of /proc; empty if none."""
    try:
        text = Path("/proc", file).read_text(encoding="utf-8")
    except OSError:  # not Linux
        return ""
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""
