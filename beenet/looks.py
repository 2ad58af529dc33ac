"""How often a model was scored on data: `looks.csv`, a line for each look.

A held-out split is worth less each time that somebody looks at it and then decides.
"""

import contextlib
import csv
import datetime
import io
from collections import Counter
from pathlib import Path

from beenet.runs import RunFolder


def note_look(folder: RunFolder, dataset: str, split: str) -> None:
    """Add a line to a finished run's looks; where it cannot be written, it is lost.

    Args:
        folder: the model's; nothing is written where there is no finished run.
        dataset: the data's title.
        split: its split.
    """
    if not folder.metrics.exists():
        return
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([now, dataset, split])
    # One short write at the end of the file: two processes at once lose no line.
    with (
        contextlib.suppress(OSError),
        folder.looks.open("a", encoding="utf-8", newline="") as file,
    ):
        file.write(line.getvalue())


def count_looks(folder: RunFolder) -> Counter[tuple[str, str]]:
    """Return how often each data set's split was looked at, training's end not counted.

    Lines that were cut short, and other writings, are passed over.
    """
    return Counter((row[1], row[2]) for row in _rows(folder.looks) if len(row) == 3)


def _rows(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    with contextlib.suppress(csv.Error):
        return list(csv.reader(io.StringIO(text)))
    return []
