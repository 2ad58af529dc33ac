"""Silences C libraries that write to stderr about damaged files."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from beenet.system.streams import stderr_into


@contextlib.contextmanager
def silence_stderr() -> Iterator[None]:
    """Drop what libtiff, mpg123 and others print: the exception says enough."""
    with Path(os.devnull).open("wb") as nowhere, stderr_into(nowhere.fileno()):
        yield
