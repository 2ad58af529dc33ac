"""Measuring on throw-away state, in child processes."""

import ctypes
import os
import select
import signal
import struct
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from beenet.system.cores import native_threads
from beenet.tflearn_backend import THREADS_AT_IMPORT

_PATIENCE = 30.0  # seconds until a child that does not answer is given up
_LEFT_ALONE = 300.0  # seconds until a child that nobody asks ends
_DOUBLE = struct.Struct("d")
_PR_SET_PDEATHSIG = 1

Measure = Callable[[], float]


class ForkedTimer:
    """A forked child that has prepared something, and measures when it is asked to.

    It shares the parent's memory as it stood, so it starts at once and may do anything
    to its copy. It cannot use threads that TensorFlow made in the parent.
    """

    def __init__(self, prepare: Callable[[], Measure]) -> None:
        """Fork, and have the child prepare; `can_fork` must hold.

        Args:
            prepare: returns what is called to measure.

        Raises:
            OSError: there is no room for another process.
        """
        asked, self._questions = os.pipe()
        self._answers, told = os.pipe()
        with warnings.catch_warnings():
            # Python warns of forking with threads about; none of these is waited for.
            warnings.simplefilter("ignore", DeprecationWarning)
            parent = os.getpid()
            try:
                self._pid = os.fork()
            except OSError:
                for end in (asked, self._questions, self._answers, told):
                    os.close(end)
                raise
        if self._pid == 0:
            _end_with(parent)
            # Holding the parent's ends, it would never learn that the parent is gone.
            os.close(self._questions)
            os.close(self._answers)
            with suppress(BaseException):
                measure = prepare()
                os.write(told, _DOUBLE.pack(0.0))
                while _can_read(asked, _LEFT_ALONE) and os.read(asked, 1):
                    os.write(told, _DOUBLE.pack(measure()))
            os._exit(0)  # past every handler that belongs to the parent
        os.close(asked)
        os.close(told)

    def is_ready(self) -> bool:
        """Wait until it has prepared; return whether it could."""
        return self._answer() is not None

    def measure(self) -> float | None:
        """Return what it measures; None if it cannot, or takes too long."""
        with suppress(BrokenPipeError):
            os.write(self._questions, b"?")
        return self._answer()

    def close(self) -> None:
        """End it."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._questions)
        os.close(self._answers)

    def _answer(self) -> float | None:
        answered = _can_read(self._answers, _PATIENCE)
        answer = os.read(self._answers, _DOUBLE.size) if answered else b""
        return _DOUBLE.unpack(answer)[0] if len(answer) == _DOUBLE.size else None


def _end_with(parent: int) -> None:
    """Have Linux kill this process as soon as its parent is gone.

    The parent's locks are held as long as a child lives that was forked under them.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it is gone already
        os._exit(0)


def _can_read(file: int, patience: float) -> bool:
    return bool(select.select([file], [], [], patience)[0])


def can_fork() -> bool:
    """Return whether a child could use TensorFlow: no session made threads yet.

    Since 2.21 it names its threads; before, there are simply more than it began with.
    """
    if sys.platform != "linux":
        return False
    names = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # the thread has just ended
            names.add((task / "comm").read_text().strip())
    if "tf_graph_runner" in names:  # there since the import
        return "tf_Compute" not in names
    return native_threads() <= THREADS_AT_IMPORT
