"""Finds the raw files of a set in a CSV file: file, class, perhaps group and split."""

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from beenet.datasets.raw_files import RawFile, composed, split_named
from beenet.errors import DatasetError
from beenet.text.values import brief

_SEPARATORS = {";", "\t", "|"}
"""Column separators of other programs, for the error message."""
_COLUMNS = ("file", "class", "group", "split")


def files_in_csv(path: Path, note: Callable[[str], None]) -> Iterator[RawFile]:
    """Yield the files that a CSV file names; empty lines are skipped.

    Args:
        path: the CSV file.
        note: called with a message about columns that are passed over.

    Raises:
        DatasetError: it is not valid; says in which line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            reader.fieldnames = _columns(path, reader.fieldnames or [], note)
            for row in reader:
                if "".join(_cells(row)).strip():
                    yield _csv_row(f"{path}:{reader.line_num}", path.parent, row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: is not a CSV file in UTF-8: {error}") from None


def _columns(
    path: Path, given: Sequence[str], note: Callable[[str], None]
) -> list[str]:
    """Return the names of the columns, in lower case and without blanks around."""
    if not given:
        raise DatasetError(f"{path}: is empty")
    if len(given) == 1 and (found := _SEPARATORS & set(given[0])):
        raise DatasetError(
            f"{path}: its columns are parted by {min(found)!r}; save it with commas"
        )
    columns = [name.strip().lower() for name in given]
    known = [name for name in columns if name in _COLUMNS]
    if len(set(known)) < len(known) or not {"file", "class"} <= set(known):
        raise DatasetError(
            f"{path}: has the columns {brief(', '.join(given))}; needs file and "
            "class, and may have group and split"
        )
    if len(known) < len(columns):
        others = [
            name.strip() or "one without a name"
            for name, column in zip(given, columns, strict=True)
            if column not in _COLUMNS
        ]
        note(
            f"{path}: columns passed over: {brief(', '.join(others))}; only "
            f"{', '.join(_COLUMNS)} are read"
        )
    return columns


def _cells(row: dict[str, Any]) -> Iterator[str]:
    """Yield all cells of a line, also those beyond the first line's."""
    for cell in row.values():
        yield from [cell] if isinstance(cell, str) else cell or []


def _csv_row(where: str, folder: Path, row: dict[str, str]) -> RawFile:
    values = {key: (row.get(key) or "").strip() for key in _COLUMNS}
    if None in row or any(cell is None for cell in row.values()):
        raise DatasetError(f"{where}: has more or fewer cells than the first line")
    known = [key for key in row if key in values]
    missing = [key for key in known if not values[key]]
    if missing:
        raise DatasetError(f"{where}: has no {missing[0]}")
    split = split_named(values["split"])
    if values["split"] and split is None:
        raise DatasetError(
            f"{where}: split must be train, test or valid, got {values['split']!r}"
        )
    odd = [key for key in known if not values[key].isprintable()]
    if odd:
        raise DatasetError(f"{where}: {odd[0]} holds a character that is no text")
    name = values["file"]
    if "\\" in name and not os.path.exists(folder / name):
        on_windows = name.replace("\\", "/")
        if os.path.exists(folder / on_windows):
            name = on_windows
    group = values["group"] or name
    return RawFile(folder / name, name, composed(values["class"]), group, split)
