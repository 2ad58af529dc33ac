"""Writes the six pickles of a set while its raw files are read."""

import csv
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from beenet.datasets.encode import decode
from beenet.datasets.pickle_writer import write_pickle
from beenet.datasets.sources import RawFile
from beenet.errors import DatasetError
from beenet.media import ImageRecipe, Recipe, read_examples
from beenet.registry import SPLITS
from beenet.system import files
from beenet.text.words import counted

FILES_CSV = "files.csv"
_MAX_LINES = 20
_BLOCK = 2**22  # values


class Listener(Protocol):
    """Receives notes, warnings and progress of a build."""

    def note(self, text: str) -> None:
        """Something worth knowing."""

    def warn(self, text: str) -> None:
        """Something that is probably wrong."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Files done, of all, in the step that ``what`` names."""


def warn_each(lines: list[str], listener: Listener) -> None:
    """Warn with each line, up to 20, and with the number of the rest."""
    for line in lines[:_MAX_LINES]:
        listener.warn(line)
    if len(lines) > _MAX_LINES:
        listener.warn(f"... and {len(lines) - _MAX_LINES:,} more")


@dataclass
class SetWriter:
    """Writes one set; holds at most one file's examples at a time."""

    folder: Path
    """Where the set is written."""
    scratch: Path
    """Where the values are kept until their number is known."""
    recipe: Recipe
    """How a raw file becomes examples."""
    classes: tuple[str, ...]
    """In one-hot order."""
    dtype: Literal["float32", "uint8"]
    """Of X."""
    listener: Listener
    """Receives notes, warnings and progress."""
    faults: list[str] = field(default_factory=list)
    """Why some files cannot be read, a line each."""

    def write(
        self, splits: dict[str, list[RawFile]], *, skip_unreadable: bool
    ) -> dict[str, int]:
        """Write the six pickles and files.csv; return the number of examples by split.

        Raises:
            DatasetError: a file cannot be read, a split or a class of train is empty.
            OSError: the set cannot be written.
        """
        labels: dict[str, list[int]] = {}
        with (self.folder / FILES_CSV).open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(["split", "row", "file", "class", "group", "start"])
            for split, members in splits.items():
                with self._numbers(split).open("wb") as numbers:
                    rows = self._rows(split, members, numbers, table)
                    labels[split] = list(rows)
        warn_each(self.faults, self.listener)
        if self.faults and not skip_unreadable:
            total = sum(map(len, splits.values()))
            raise DatasetError(
                f"{len(self.faults):,} of {total:,} files cannot be read; mend them, "
                "or leave them out with --skip-unreadable"
            )
        for split in SPLITS:
            self._check(split, labels[split])
            self._pickle(split, np.array(labels[split]))
        files.sync(self.folder / FILES_CSV)
        return {split: len(labels[split]) for split in SPLITS}

    def _rows(
        self, split: str, members: list[RawFile], numbers: IO[bytes], table: Any
    ) -> Iterator[int]:
        """Write the examples of a split as they are read; yield the class of each."""
        n = 0
        for i, file in enumerate(members):
            self.listener.progress(split, i, len(members))
            begin = numbers.tell()
            rows: list[list[Any]] = []
            try:
                for example in read_examples(
                    file.path, self.recipe, self.listener.note
                ):
                    numbers.write(example.x.data)
                    start = "" if example.start is None else f"{example.start:.3f}"
                    rows.append([split, n + len(rows), file.name, file.label])
                    rows[-1] += [file.group, start]
            except DatasetError as error:
                self.faults.append(str(error))
                numbers.seek(begin)
                numbers.truncate()
                continue
            table.writerows(rows)
            n += len(rows)
            yield from [self.classes.index(file.label)] * len(rows)
        examples, files = counted(n, "example"), counted(len(members), "file")
        self.listener.note(f"{split}: {examples} of {files}")

    def _check(self, split: str, labels: list[int]) -> None:
        found = Counter(labels)
        missing = [name for i, name in enumerate(self.classes) if not found[i]]
        if not labels:
            raise DatasetError(f"{split} has no example")
        if missing and split == "train":
            raise DatasetError(f"train has no example of {', '.join(missing)}")
        for name in missing:
            self.listener.warn(f"{split} has no example of {name}")

    def _pickle(self, split: str, labels: NDArray[np.int64]) -> None:
        one_hot = np.eye(len(self.classes))[labels]
        paths = [self.folder / f"{split}_{part}.pck" for part in "XY"]
        write_pickle(paths[1], one_hot.shape, one_hot.dtype, [one_hot])
        shape = (len(labels), *self.recipe.shape)
        blocks = self._blocks(self._numbers(split), len(labels))
        write_pickle(paths[0], shape, np.dtype(self.dtype), blocks)
        for path in paths:
            files.sync(path)
        self._numbers(split).unlink()

    def _numbers(self, split: str) -> Path:
        """Return a split's file of values; no set's folder in there has such a name."""
        return self.scratch / f".{split}.numbers"

    def _blocks(self, path: Path, n_rows: int) -> Iterator[NDArray[Any]]:
        """Yield the values back in X's dtype, some rows at a time."""
        image = isinstance(self.recipe, ImageRecipe)
        stored = np.dtype(np.uint8 if image else np.float32)
        per_row = math.prod(self.recipe.shape)
        step = max(1, _BLOCK // per_row)
        with path.open("rb") as file:
            for _ in range(0, n_rows, step):
                values = np.fromfile(file, stored, step * per_row)
                yield decode(values) if self.dtype == "float32" else values
