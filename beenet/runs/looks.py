"""How often a model was scored on data: `looks.csv`, a line for each look.

A held-out split is worth less each time that somebody looks at it and then decides.
"""

import contextlib
import csv
import errno
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from beenet.runs.folder import RunFolder
from beenet.system.plain_files import read_plain
from beenet.text.csv_text import csv_rows
from beenet.text.moments import now
from beenet.text.words import reason


def note_look(
    folder: RunFolder,
    dataset: str,
    split: str,
    warn: Callable[[str], None] = lambda _: None,
) -> None:
    """Add a line to a finished run's looks; where it cannot be written, it is lost.

    Args:
        folder: the model's; nothing is written where there is no finished run.
        dataset: the data's title.
        split: its split.
        warn: told if it is lost.
    """
    if not folder.metrics.exists():
        return
    line = csv_rows([[now(), dataset, split]])
    path = folder.looks
    try:
        # A folder from elsewhere must not have us write into another file.
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise OSError(errno.EINVAL, "is no plain file")
        cut = not _ends_whole(path)
        # One short write at the end of the file: two processes at once lose no line.
        with open(path, "ab", opener=_without_links) as file:
            file.write(b"\n" * cut + line.encode())
    except OSError as error:
        warn(f"this look at {split} is not counted: {path}: {reason(error)}")


def _without_links(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)


def count_looks(folder: RunFolder) -> Counter[tuple[str, str]]:
    """Return how often each data set's split was looked at, training's end not counted.

    Lines that were cut short, and other writings, are passed over.
    """
    return Counter((row[1], row[2]) for row in _rows(folder.looks) if len(row) == 3)


def _ends_whole(path: Path) -> bool:
    """Return whether the last line, if any, was written to its end."""
    return not path.exists() or path.read_bytes()[-1:] in (b"", b"\n")


def _rows(path: Path) -> Iterator[list[str]]:
    try:
        text = read_plain(path).decode("utf-8", errors="replace")
    except OSError:
        return
    for line in text.split("\n"):  # each by itself: one may end within its quotes
        with contextlib.suppress(csv.Error):
            yield from csv.reader([line])
