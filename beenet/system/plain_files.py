"""Reads untrusted files: only plain files of bounded size."""

import errno
import json
from pathlib import Path
from typing import Any, BinaryIO

_MAX_BYTES = 2**26


def open_plain(path: Path) -> BinaryIO:
    """Open a plain file to read its bytes; a pipe or a device could block for ever.

    Raises:
        OSError: it is not a plain file, or cannot be opened.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "is no plain file")
    return path.open("rb")


def read_plain(path: Path) -> bytes:
    """Return the bytes of a plain file.

    Raises:
        OSError: it is not a plain file, too large, or cannot be read.
    """
    with open_plain(path) as file:
        data = file.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise OSError(errno.EFBIG, f"is larger than {_MAX_BYTES:,} bytes")
    return data


def read_json(path: Path) -> Any:
    """Return the data in a JSON file.

    Raises:
        OSError: see `read_plain`.
        ValueError: it is not JSON in UTF-8, or nested too deeply.
    """
    try:
        return json.loads(read_plain(path).decode("utf-8"))
    except RecursionError:
        raise ValueError("is nested too deeply") from None
