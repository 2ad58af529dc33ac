"""Ctrl-C, held back while it could get lost or do harm.

Python throws KeyboardInterrupt wherever the main thread happens to be: inside an
import that swallows it, or a callback whose exceptions nobody sees.
"""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType


class HeldBack:
    """Whether Ctrl-C was pressed meanwhile."""

    def __init__(self) -> None:
        """Begin with no."""
        self.asked = False

    def check(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C was pressed: here it does no harm."""
        if self.asked:
            raise KeyboardInterrupt


@contextlib.contextmanager
def interrupts_held_back() -> Iterator[HeldBack]:
    """Note the first Ctrl-C and throw it at the end, or at a `HeldBack.check`.

    The second one is thrown at once. Outside the main thread this does nothing.
    """
    held = HeldBack()

    def note(number: int, frame: FrameType | None) -> None:
        held.check()
        held.asked = True

    try:
        before = signal.signal(signal.SIGINT, note)
    except ValueError:  # only the main thread may
        yield held
        return
    try:
        yield held
    finally:
        signal.signal(signal.SIGINT, before)
    held.check()
