"""Signals that ask to stop, held back while they could get lost or do harm.

Python throws KeyboardInterrupt wherever the main thread happens to be: inside an
import that swallows it, or a callback whose exceptions nobody sees. SIGTERM (a batch
system's time limit) and SIGHUP (a closed terminal) would end the process on the spot.
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
"""The signals that are held back."""


class StopSignal(KeyboardInterrupt):
    """A signal asked to stop; wherever Ctrl-C is minded, this is too."""

    def __init__(self, number: int) -> None:
        """Keep which signal it was."""
        super().__init__(signal.Signals(number).name)
        self.number = number


def exit_code(stopped: KeyboardInterrupt) -> int:
    """Return a shell's code for a process that a signal ended: 128 + its number."""
    return 128 + int(getattr(stopped, "number", signal.SIGINT))


@contextlib.contextmanager
def raise_on_signals() -> Iterator[None]:
    """Have SIGTERM and SIGHUP thrown as Stopped, as Python does with Ctrl-C.

    What is open is then closed, and what was kept is said. A second one ends the
    process on the spot. Outside the main thread this does nothing.
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
    """Which signal came meanwhile."""

    def __init__(self) -> None:
        """Begin with none."""
        self.number: int | None = None

    @property
    def asked(self) -> bool:
        """Whether one came."""
        return self.number is not None

    def check(self) -> None:
        """Raise Stopped if a signal came: here it does no harm."""
        if self.number is not None:
            raise StopSignal(self.number)


@contextlib.contextmanager
def defer_signals() -> Iterator[PendingSignal]:
    """Note the first signal and throw it at the end, or at a `PendingSignal.check`.

    The second one is thrown at once. A signal that was ignored (``nohup``) stays so.
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
        # Whoever asked to stop must hear that it did, whatever else went wrong.
        raise StopSignal(held.number) from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    held.check()
