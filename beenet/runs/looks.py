"""`looks.csv`: a line for each time that a model was scored on a split ("look").

A held-out split is worth less each time that a decision follows a look at it.
"""

import contextlib
import csv
import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from beenet.runs.folder import RunFolder
from beenet.runs.metrics_file import RunMetrics
from beenet.system.plain_files import read_plain
from beenet.text.csv_text import csv_rows
from beenet.text.moments import now
from beenet.text.words import reason


@dataclass(frozen=True)
class Look:
    """One scoring of a finished model."""

    dataset: str
    """The data set's title."""
    split: str
    """The split's name."""
    data: str
    """A digest of the data's files; empty in lines of an older beenet."""


def note_look(
    folder: RunFolder,
    look: Look,
    warn: Callable[[str], None] = lambda _: None,
) -> None:
    """Append a line to a finished run's looks; if it cannot be written, only warn.

    Args:
        folder: the model's; nothing is written unless it holds a finished run.
        look: what was scored.
        warn: called with a message if the line cannot be written.
    """
    if not folder.metrics.exists():
        return
    line = csv_rows([[now(), look.dataset, look.split, look.data]])
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
        warn(f"this look at {look.split} is not counted: {path}: {reason(error)}")


def _without_links(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)


def read_looks(folder: RunFolder) -> list[Look]:
    """Return the looks at a run's model, those of its training excluded.

    Truncated and malformed lines are skipped.
    """
    rows = [[*row, ""][:4] for row in _rows(folder.looks) if len(row) in (3, 4)]
    return [Look(dataset, split, data) for _, dataset, split, data in rows]


def looks_at_valid(folder: RunFolder, metrics: RunMetrics) -> int:
    """Return how often a run's own valid was scored, the end of its training included.

    The data count by their bytes, whatever their folder is called; by their title
    where one of the two has no digest.
    """
    title, data = metrics.dataset, metrics.data
    return 1 + sum(
        look.split == "valid"
        and (look.data == data if look.data and data else look.dataset == title)
        for look in read_looks(folder)
    )


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
