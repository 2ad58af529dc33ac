"""Handles stdin, stdout and stderr that are closed, broken, or written to by C code."""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO, cast

from beenet.text.terminal import printable


def stderr_descriptor() -> int:
    """Return the file descriptor of stderr that C code writes to.

    Raises:
        OSError: it is closed.
        ValueError: it is closed.
    """
    return sys.__stderr__.fileno() if sys.__stderr__ else 2


def tell(text: str) -> None:
    """Write a line to stderr; do nothing if it is closed or broken.

    Progress is not the result: failing to write it must never end a training. Control
    characters from files are escaped, so that they cannot affect the terminal.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"{printable(text)}\n")
        sys.stderr.flush()


def unbreakable(stream: TextIO) -> TextIO:
    """Return a stream whose writes do nothing once they fail."""
    return cast("TextIO", _Unbreakable(stream))


class _Unbreakable:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            return self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def open_missing() -> None:
    """Open the null device for each of stdin, stdout and stderr that is missing.

    A file opened later would otherwise get its descriptor, and be written into.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            empty = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115 (for good)
            setattr(sys, name, empty)


@contextlib.contextmanager
def stderr_into(descriptor: int) -> Iterator[None]:
    """Redirect stderr into an open file for a while; if it is closed, do nothing.

    This affects the whole process: other threads write into the file too, and two
    redirections at once would not restore it.
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
