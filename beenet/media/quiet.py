"""Libraries in C that tell stderr what they think of a damaged file."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from beenet.system.streams import stderr_into


@contextlib.contextmanager
def silence_stderr() -> Iterator[None]:
    """Drop what libtiff, mpg123 and their like print: the error raised says enough."""
    with Path(os.devnull).open("wb") as nowhere, stderr_into(nowhere.fileno()):
        yield
