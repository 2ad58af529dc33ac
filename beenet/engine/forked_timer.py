"""Take measurements in forked child processes, whose state is discarded."""

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

_PATIENCE = 30.0  # seconds to wait for a child's answer
_LEFT_ALONE = 300.0  # seconds without a request after which a child exits
_DOUBLE = struct.Struct("d")
_PR_SET_PDEATHSIG = 1

Measure = Callable[[], float]


class ForkedTimer:
    """A forked child that prepares something, and then measures on request.

    It has a copy-on-write copy of the parent's memory, so it starts at once and may
    change anything. It cannot use threads that TensorFlow created in the parent.
    """

    def __init__(self, prepare: Callable[[], Measure]) -> None:
        """Fork, and let the child prepare; requires `can_fork`.

        Args:
            prepare: returns the function that measures.

        Raises:
            OSError: another process cannot be created.
        """
        asked, self._questions = os.pipe()
        self._answers, told = os.pipe()
        with warnings.catch_warnings():
            # Python warns about forking with threads; the child waits for none.
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
            # With the parent's ends open, the child would not notice the parent's exit.
            os.close(self._questions)
            os.close(self._answers)
            with suppress(BaseException):
                measure = prepare()
                os.write(told, _DOUBLE.pack(0.0))
                while _can_read(asked, _LEFT_ALONE) and os.read(asked, 1):
                    os.write(told, _DOUBLE.pack(measure()))
            os._exit(0)  # without running the parent's exit handlers
        os.close(asked)
        os.close(told)

    def is_ready(self) -> bool:
        """Wait until the child is prepared; return whether it succeeded."""
        return self._answer() is not None

    def measure(self) -> float | None:
        """Return a measurement; None if the child fails or takes too long."""
        with suppress(BrokenPipeError):
            os.write(self._questions, b"?")
        return self._answer()

    def close(self) -> None:
        """Kill the child."""
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

    A child keeps the file locks that the parent held at the fork.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # the parent is gone already
        os._exit(0)


def _can_read(file: int, patience: float) -> bool:
    return bool(select.select([file], [], [], patience)[0])


def can_fork() -> bool:
    """Return whether a child could use TensorFlow: no session has made threads yet.

    TensorFlow names its threads since 2.21; before, the number of threads decides.
    """
    if sys.platform != "linux":
        return False
    names = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # the thread has just ended
            names.add((task / "comm").read_text().strip())
    if "tf_graph_runner" in names:  # it exists since the import
        return "tf_Compute" not in names
    return native_threads() <= THREADS_AT_IMPORT
