"""What training showed, epoch by epoch: history.csv."""

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from beenet.errors import RunError


@dataclass(frozen=True)
class Epoch:
    """One row of history.csv."""

    dataset: str
    """The data's title; says so if they are synthetic."""
    epoch: int
    """Epochs done, from 1."""
    step: int
    """Steps done since the first epoch."""
    train_loss: float
    """Mean loss over the epoch's batches, each before its step; no regularization."""
    train_accuracy: float
    """Mean accuracy over the same batches: weights changed all the while."""
    test_loss: float
    """Mean loss on the test split after the epoch."""
    test_accuracy: float
    """Accuracy on the test split after the epoch."""
    seconds: float
    """Time that the epoch took, the look at test included."""


def to_csv(history: Iterable[Epoch]) -> str:
    """Return the history as CSV; numbers are written so that they read back equal."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [f.name for f in fields(Epoch)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in history)
    return text.getvalue()


def read_csv(path: Path) -> list[Epoch]:
    """Read a history back.

    Raises:
        RunError: the file is missing or is not a history.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [_row(cells) for cells in csv.DictReader(file)]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise RunError(f"{path} is not a history: {error}") from None


def _row(cells: dict[str, str]) -> Epoch:
    values: dict[str, Any] = {
        field.name: _KINDS[str(field.type)](cells[field.name])
        for field in fields(Epoch)
    }
    return Epoch(**values)


_KINDS = {str(kind): kind for kind in (int, float, str)}
