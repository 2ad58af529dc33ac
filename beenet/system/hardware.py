"""What the system tells of the machine, and of what this process has used of it."""

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
    """Return the most memory that this process ever held; None if it is not known."""
    # On Linux, getrusage would remember the process that started this one.
    if held := proc_field("self/status", "VmHWM"):
        return int(held.split()[0]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def memory_bytes() -> int | None:
    """Return the memory that this process may come to use; None if it is not known.

    In a container that is the container's.
    """
    found = []
    if total := proc_field("meminfo", "MemTotal"):
        found.append(int(total.split()[0]) * 1024)
    for path in _CONTAINER_LIMITS:
        with suppress(OSError, ValueError):  # "max" is none
            found.append(int(path.read_text(encoding="utf-8")))
    return min(found, default=None)


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
