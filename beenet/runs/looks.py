"""`looks.csv`: a line for each time that a model was scored on a split ("look").

A held-out split is worth less each time that a decision follows a look at it.
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
    """Append a line to a finished run's looks; if it cannot be written, only warn.

    Args:
        folder: the model's; nothing is written unless it holds a finished run.
        dataset: the data set's title.
        split: the split's name.
        warn: called with a message if the line cannot be written.
    """
    if not folder.metrics.exists():
        return
    line = csv_rows([[now(), dataset, split]])
    path = folder.looks
    try:
        # A foreign folder must not make us write into another file.
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
    """Return the number of looks at each (data set, split), those of training excluded.

    Truncated and malformed lines are skipped.
    """
    return Counter((row[1], row[2]) for row in _rows(folder.looks) if len(row) == 3)


def _ends_whole(path: Path) -> bool:
    """Return whether the last line, if any, is complete."""
    return not path.exists() or path.read_bytes()[-1:] in (b"", b"\n")


def _rows(path: Path) -> Iterator[list[str]]:
    try:
        text = read_plain(path).decode("utf-8", errors="replace")
    except OSError:
        return
    for line in text.split("\n"):  # one by one: a truncated one may leave a quote open
        with contextlib.suppress(csv.Error):
            yield from csv.reader([line])
