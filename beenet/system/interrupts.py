"""Defers signals that ask to stop while they could get lost or do harm.

Python raises KeyboardInterrupt wherever the main thread happens to be: inside an
import that swallows it, or a callback whose exceptions are ignored. SIGTERM (a batch
system's time limit) and SIGHUP (a closed terminal) would end the process at once.
"""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)  # Windows has no SIGHUP
)
"""The signals that are handled."""


class StopSignal(KeyboardInterrupt):
    """A signal asked to stop; caught wherever Ctrl-C is caught."""

    def __init__(self, number: int) -> None:
        """Store the signal's number."""
        super().__init__(signal.Signals(number).name)
        self.number = number


def exit_code(stopped: KeyboardInterrupt) -> int:
    """Return the shell's exit code of a process ended by a signal: 128 + its number."""
    return 128 + int(getattr(stopped, "number", signal.SIGINT))


@contextlib.contextmanager
def raise_on_signals() -> Iterator[None]:
    """Make SIGTERM and SIGHUP raise `StopSignal`, as Ctrl-C raises KeyboardInterrupt.

    Open resources are then closed, and what was kept is reported. The same signal again
    ends the process at once. Outside the main thread this does nothing.
    """

    def throw(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        raise StopSignal(number)

    ours = []
    with contextlib.suppress(ValueError):  # only the main thread may
        for number in SIGNALS:
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, throw)
                ours.append(number)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


class PendingSignal:
    """The signal that has arrived and is deferred, if any."""

    def __init__(self) -> None:
        """Start without a signal."""
        self.number: int | None = None

    @property
    def asked(self) -> bool:
        """Whether a signal has arrived."""
        return self.number is not None

    def check(self) -> None:
        """Raise `StopSignal` if a signal has arrived; called where that is safe."""
        if self.number is not None:
            raise StopSignal(self.number)


@contextlib.contextmanager
def defer_signals() -> Iterator[PendingSignal]:
    """Note the first signal and raise it at the end, or at a `PendingSignal.check`.

    A second one is raised at once. A signal that was ignored (``nohup``) stays so.
    Outside the main thread this does nothing.
    """
    held = PendingSignal()

    def note(number: int, frame: FrameType | None) -> None:
        held.check()
        held.number = number

    before = {}
    try:
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, note)
    except ValueError:  # only the main thread may
        yield held
        return
    try:
        yield held
    except Exception as error:
        if held.number is None:
            raise
        # The request to stop must be reported, whatever else went wrong.
        raise StopSignal(held.number) from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    held.check()
