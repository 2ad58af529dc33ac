"""Libraries in C that tell stderr what they think of a damaged file."""

import contextlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """Drop what libtiff, mpg123 and their like print: the error raised says enough."""
    try:
        stderr = sys.__stderr__.fileno() if sys.__stderr__ else 2
        saved = os.dup(stderr)
    except (OSError, ValueError):  # stderr is closed: nothing will be seen anyway
        yield
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stderr)
        os.close(nowhere)
        yield
    finally:
        os.dup2(saved, stderr)
        os.close(saved)
