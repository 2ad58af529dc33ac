"""Turns the system's write errors into one line that says what to do."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from beenet.errors import BeenetError, RunError
from beenet.text.words import reason

_FULL = (errno.ENOSPC, errno.EDQUOT)
"""Error numbers of a full disk and an exhausted quota."""
_NO_ROOM = (*_FULL, errno.EFBIG, None)
"""These, a file too large, and None: a library that writes may give no number."""


def is_disk_full(error: BaseException | None) -> bool:
    """Return whether an error says that the disk is full or a quota exhausted.

    Args:
        error: an OSError, or one of ours that `explain_write_errors` raised.
    """
    if isinstance(error, BeenetError):
        return error.disk_full
    return isinstance(error, OSError) and error.errno in _FULL


def with_number(text: str) -> OSError:
    """Return the system's error of which only the text is known, with its number.

    Args:
        text: from a library that hides the number: ``No space left on device``.
    """
    known = {os.strerror(number): number for number in errno.errorcode}
    return OSError(known.get(text), text)


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
        told = kind(
            f"cannot write {path}: {reason(error)}; {room}choose another place with "
            f"{option}"
        )
        told.disk_full = is_disk_full(error)
        raise told from error
