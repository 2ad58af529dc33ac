"""Measuring a training step on throw-away state, in a child process."""

import os
import select
import signal
import struct
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from beenet.cores import native_threads
from beenet.tflearn_backend import THREADS_AT_IMPORT

_PATIENCE = 30.0  # seconds until a child that does not answer is given up
_DOUBLE = struct.Struct("d")


def in_child(measure: Callable[[], float]) -> float | None:
    """Return what ``measure`` returns in a forked child; None where it cannot be run.

    The child shares the parent's memory as it stands, so it starts at once and may do
    anything to its copy. It cannot use threads that TensorFlow made in the parent.
    """
    if sys.platform != "linux" or _has_sessions():
        return None
    source, sink = os.pipe()
    with warnings.catch_warnings():
        # Python warns of forking with threads about; none of these is waited for.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        with suppress(BaseException):
            os.write(sink, _DOUBLE.pack(measure()))
        os._exit(0)  # past every handler that belongs to the parent
    os.close(sink)
    try:
        answered, _, _ = select.select([source], [], [], _PATIENCE)
        answer = os.read(source, _DOUBLE.size) if answered else b""
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(source)
    return _DOUBLE.unpack(answer)[0] if len(answer) == _DOUBLE.size else None


def _has_sessions() -> bool:
    """Return whether TensorFlow has made the threads that its sessions share.

    Since 2.21 it names its threads; before, there are simply more than it began with.
    """
    names = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # the thread has just ended
            names.add((task / "comm").read_text().strip())
    if "tf_graph_runner" in names:  # there since the import
        return "tf_Compute" in names
    return native_threads() > THREADS_AT_IMPORT
