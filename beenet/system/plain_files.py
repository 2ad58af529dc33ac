"""Reading what anyone may have put into a folder: plain files of a bounded size."""

import errno
import json
from pathlib import Path
from typing import Any, BinaryIO

_MAX_BYTES = 2**26


def open_plain(path: Path) -> BinaryIO:
    """Open a file to read its bytes; of a pipe or a device one would wait for ever.

    Raises:
        OSError: it is none, or as the system says.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "is no plain file")
    return path.open("rb")


def read_plain(path: Path) -> bytes:
    """Return what a plain file holds.

    Raises:
        OSError: it is none, or too large, or as the system says.
    """
    with open_plain(path) as file:
        data = file.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise OSError(errno.EFBIG, f"is larger than {_MAX_BYTES:,} bytes")
    return data


def read_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises:
        OSError: as `read_plain` does.
        ValueError: it is no JSON in UTF-8, or nested beyond reason.
    """
    try:
        return json.loads(read_plain(path).decode("utf-8"))
    except RecursionError:
        raise ValueError("is nested too deeply") from None
