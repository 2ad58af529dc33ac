"""What libraries in C write to stderr, led elsewhere."""

import contextlib
import os
import sys
from collections.abc import Iterator


def stderr_descriptor() -> int:
    """Return what C code takes for stderr.

    Raises:
        OSError: it is closed.
        ValueError: it is closed.
    """
    return sys.__stderr__.fileno() if sys.__stderr__ else 2


@contextlib.contextmanager
def stderr_into(descriptor: int) -> Iterator[None]:
    """Lead stderr into an open file for a while; if it is closed, do nothing.

    It is the whole process's: other threads write into the file too, and two at once
    would not put it back.
    """
    try:
        stderr = stderr_descriptor()
        saved = os.dup(stderr)
    except (OSError, ValueError):
        yield
        return
    try:
        os.dup2(descriptor, stderr)
        yield
    finally:
        os.dup2(saved, stderr)
        os.close(saved)
