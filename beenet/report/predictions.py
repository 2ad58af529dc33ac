"""Predictions for files as a table, CSV, or JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.experiment.predict import Answer, FileAnswers
from beenet.report.columns import columns
from beenet.text.csv_text import csv_rows


def prediction_table(
    classes: Sequence[str], files: Sequence[FileAnswers], width: int | None = None
) -> str:
    """Return one line per picture, window or example; and one per whole recording.

    Args:
        classes: their names, in one-hot order.
        files: the predictions for each file.
        width: the maximum line length; None for no limit.
    """
    rows = [
        [
            file.file,
            _place(file, answer),
            *_named(classes, probabilities, digits=4),
            *(f"{p:.4f}" for p in probabilities),
        ]
        for file in files
        for answer, probabilities in _lines(file)
    ]
    if not rows:
        return ""
    head = ["file", "at", "class", "probability", *classes]
    if not any(row[1] for row in rows):
        head.pop(1)
        for row in rows:
            row.pop(1)
    return columns([head, *rows], left=len(head) - len(classes) - 1, width=width)


def csv_head(classes: Sequence[str]) -> str:
    """Return the names of the columns."""
    return csv_rows([["file", "row", "start", "class", "probability", *classes]])


def csv_lines(classes: Sequence[str], file: FileAnswers) -> str:
    """Return the lines of one file; that of the whole file has no row and no start."""
    return csv_rows(
        [
            file.file,
            "" if answer is None or answer.row is None else str(answer.row),
            "" if answer is None or answer.start is None else f"{answer.start:.3f}",
            *_named(classes, probabilities, digits=9),
            *(f"{p:.9g}" for p in probabilities),
        ]
        for answer, probabilities in _lines(file)
    )


def prediction_json(classes: Sequence[str], file: FileAnswers) -> dict[str, Any]:
    """Return one file's answers as plain data."""
    if file.fault:
        return {"file": file.file, "error": file.fault}
    if file.whole is None:
        rows = [_json(classes, a.probabilities) | {"row": a.row} for a in file.answers]
        return {"file": file.file, "rows": rows}
    entry = {"file": file.file} | _json(classes, file.whole)
    if file.answers[0].start is not None:
        entry["windows"] = [
            {"start": round(a.start or 0.0, 6)} | _json(classes, a.probabilities)
            for a in file.answers
        ]
    return entry


def _lines(
    file: FileAnswers,
) -> Iterator[tuple[Answer | None, NDArray[np.float32]]]:
    """Yield each line's answer, and None for the whole file, with its probabilities."""
    if file.whole is None or len(file.answers) > 1:
        for answer in file.answers:
            yield answer, answer.probabilities
    if file.whole is not None:
        yield None, file.whole


def _place(file: FileAnswers, answer: Answer | None) -> str:
    if answer is None:
        return f"mean of {len(file.answers):,}" if len(file.answers) > 1 else ""
    return f"row {answer.row}" if answer.start is None else _seconds(answer.start)


def _seconds(start: float) -> str:
    """Return a time to the millisecond, without trailing zeros."""
    whole, _, part = f"{start:.3f}".partition(".")
    return f"{whole}.{part.rstrip('0') or '0'} s"


def _named(
    classes: Sequence[str], probabilities: NDArray[np.float32], digits: int
) -> list[str]:
    top = int(probabilities.argmax())
    shown = f"{probabilities[top]:.{digits}{'f' if digits < 9 else 'g'}}"
    return [classes[top], shown]


def _json(classes: Sequence[str], probabilities: NDArray[np.float32]) -> dict[str, Any]:
    each = dict(zip(classes, probabilities.tolist(), strict=True))
    top = classes[int(probabilities.argmax())]
    return {"class": top, "probability": each[top], "probabilities": each}
