"""stdin, stdout and stderr: closed, broken, or written to by libraries in C."""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO, cast

from beenet.text.terminal import printable


def stderr_descriptor() -> int:
    """Return what C code takes for stderr.

    Raises:
        OSError: it is closed.
        ValueError: it is closed.
    """
    return sys.__stderr__.fileno() if sys.__stderr__ else 2


def tell(text: str) -> None:
    """Write a line to stderr; where nobody can read it any more, do without.

    What is told on the way is not the result: it must never end a training. Nor must
    a name out of a file drive the terminal.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"{printable(text)}\n")
        sys.stderr.flush()


def unbreakable(stream: TextIO) -> TextIO:
    """Return a stream that does nothing once it cannot be written to any more."""
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
    """Give a process that was started without stdin, stdout or stderr an empty one.

    A file that is opened later would take its number, and be written into.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            empty = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115 (for good)
            setattr(sys, name, empty)


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
