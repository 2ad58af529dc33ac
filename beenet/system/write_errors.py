"""Turns the system's write errors into one line that says what to do."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from beenet.errors import BeenetError, RunError
from beenet.text.words import reason

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, None)
"""Error numbers of a full disk, an exhausted quota and a file too large; None as a
library that writes may give no number."""


@contextlib.contextmanager
def explain_write_errors(
    path: Path,
    option: str = "--runs or --run-dir",
    kind: type[BeenetError] = RunError,
) -> Iterator[None]:
    """Turn an OSError into an error whose one line says what to do.

    Args:
        path: the path that is written.
        option: the option that names another place.
        kind: the class of error to raise.
    """
    try:
        yield
    except OSError as error:
        room = "free some room or " if error.errno in _NO_ROOM else ""
        raise kind(
            f"cannot write {path}: {reason(error)}; {room}choose another place with "
            f"{option}"
        ) from error
