"""The system's refusal to write, in one line that says what to do."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from beenet.errors import BeenetError, RunError
from beenet.text.words import reason

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, None)
"""What the system says of a full disk, a spent quota, a file too large for either; a
library that writes for us may give no number."""


@contextlib.contextmanager
def explain_write_errors(
    path: Path,
    option: str = "--runs or --run-dir",
    kind: type[BeenetError] = RunError,
) -> Iterator[None]:
    """Turn the system's refusal to write into one line that says what to do.

    Args:
        path: what is written.
        option: what names another place.
        kind: of error.
    """
    try:
        yield
    except OSError as error:
        room = "free some room or " if error.errno in _NO_ROOM else ""
        raise kind(
            f"cannot write {path}: {reason(error)}; {room}choose another place with "
            f"{option}"
        ) from error
