"""history.csv: the loss, accuracy and time of each epoch of a training."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from beenet.errors import RunError
from beenet.system.plain_files import read_plain
from beenet.text.csv_text import csv_text
from beenet.text.words import reason


@dataclass(frozen=True)
class Epoch:
    """One row of history.csv."""

    dataset: str
    """The data set's title, which says if it is synthetic."""
    epoch: int
    """Epochs done, from 1."""
    step: int
    """Steps done since the first epoch."""
    train_loss: float
    """Mean loss over the epoch's batches, each before its step; no regularization."""
    train_accuracy: float | None
    """Mean accuracy over the same batches, between which the weights changed.

    None where the config has another metric than accuracy.
    """
    test_loss: float
    """Mean loss on the test split after the epoch."""
    test_accuracy: float
    """Accuracy on the test split after the epoch."""
    seconds: float
    """Duration of the epoch, scoring on test included."""
    extra: dict[str, float] = field(default_factory=dict)
    """Columns that only some runs have: another metric's ``train_<metric>``, and
    ``learning_rate`` where a schedule sets it."""

    def scalars(self) -> dict[str, float]:
        """Return its measurements under names that TensorBoard groups by prefix."""
        values = {
            "train/loss": self.train_loss,
            "train/accuracy": self.train_accuracy,
            "test/loss": self.test_loss,
            "test/accuracy": self.test_accuracy,
            **{name.replace("train_", "train/"): n for name, n in self.extra.items()},
        }
        return {name: value for name, value in values.items() if value is not None}


_COLUMNS = [column.name for column in fields(Epoch) if column.name != "extra"]


def to_csv(history: Sequence[Epoch]) -> str:
    """Return the history as CSV; numbers are written so as to read back equal."""
    extra = list(history[0].extra) if history else []
    records = [{**vars(row), **row.extra} for row in history]
    return csv_text([*_COLUMNS, *extra], records)


def read_csv(path: Path) -> list[Epoch]:
    """Read a history back.

    Raises:
        RunError: the file is missing or is not a history.
    """
    try:
        text = io.StringIO(read_plain(path).decode("utf-8"), newline="")
        return [_row(cells) for cells in csv.DictReader(text)]
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise RunError(f"{path} is not a history: {reason(error)}") from None


def _row(cells: dict[str, str]) -> Epoch:
    values: dict[str, Any] = {
        column.name: _KINDS[column.type](cells.pop(column.name))
        for column in fields(Epoch)
        if column.name != "extra"
    }
    return Epoch(**values, extra={name: float(cell) for name, cell in cells.items()})


def _float_or_none(cell: str) -> float | None:
    return float(cell) if cell else None


_KINDS: dict[Any, Any] = {int: int, float: float, str: str}
_KINDS[float | None] = _float_or_none
