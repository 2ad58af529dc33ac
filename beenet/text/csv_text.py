"""Formats records as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def csv_text(columns: Sequence[str], records: Iterable[Mapping[str, Any]]) -> str:
    """Return a header and a line for each record; numbers keep all their digits."""
    rows = ([record[column] for column in columns] for record in records)
    return csv_rows([columns, *rows])


def csv_rows(rows: Iterable[Sequence[Any]]) -> str:
    """Return a line for each row."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
