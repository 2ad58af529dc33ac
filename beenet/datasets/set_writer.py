"""Reads the raw files of a set once, then writes its six pickles."""

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
from beenet.datasets.raw_files import RawFile
from beenet.errors import DatasetError
from beenet.media import ImageRecipe, Recipe, read_examples
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


@dataclass(frozen=True)
class _Kept:
    """Where the examples of a file are kept."""

    begin: int
    """The offset of the first in the file of values."""
    starts: list[float | None]
    """When each begins in its recording, in seconds; None for a picture."""


@dataclass
class SetWriter:
    """Reads raw files, and writes one set of them; holds a few examples at a time."""

    folder: Path
    """Where the set is written."""
    scratch: Path
    """Where the values are kept until the splits are known."""
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
    kept: dict[RawFile, _Kept] = field(default_factory=dict)
    """The files that were read, and where their examples are kept."""

    def read(self, raw: list[RawFile], *, skip_unreadable: bool) -> list[RawFile]:
        """Read files, keep their examples, and return those that can be read.

        Raises:
            DatasetError: a file cannot be read.
            OSError: the examples cannot be kept.
        """
        with self._numbers.open("wb") as numbers:
            for i, file in enumerate(raw):
                self.listener.progress("reading", i, len(raw))
                self._read(file, numbers)
        warn_each(self.faults, self.listener)
        if self.faults and not skip_unreadable:
            raise DatasetError(
                f"{len(self.faults):,} of {len(raw):,} files cannot be read; repair "
                "them, or leave them out with --skip-unreadable"
            )
        return [file for file in raw if file in self.kept]

    def _read(self, file: RawFile, numbers: IO[bytes]) -> None:
        begin, starts = numbers.tell(), list[float | None]()
        try:
            for example in read_examples(file.path, self.recipe, self.listener.note):
                numbers.write(example.x.data)
                starts.append(example.start)
        except DatasetError as error:
            self.faults.append(str(error))
            numbers.seek(begin)
            numbers.truncate()
        else:
            self.kept[file] = _Kept(begin, starts)

    def write(self, splits: dict[str, list[RawFile]]) -> dict[str, int]:
        """Write the six pickles and files.csv; return the number of examples by split.

        Args:
            splits: the files of each split, which were read.

        Raises:
            DatasetError: a split or a class of train is empty.
            OSError: the set cannot be written.
        """
        labels: dict[str, list[int]] = {}
        with (self.folder / FILES_CSV).open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(["split", "row", "file", "class", "group", "start"])
            for split, members in splits.items():
                rows = list(self._rows(split, members))
                table.writerows(rows)
                labels[split] = [self.classes.index(row[3]) for row in rows]
                examples = counted(len(rows), "example")
                self.listener.note(
                    f"{split}: {examples} of {counted(len(members), 'file')}"
                )
        for split in splits:
            self._check(split, labels[split])
        for split, members in splits.items():
            self._pickle(split, members, np.array(labels[split]))
        self._numbers.unlink()
        files.sync(self.folder / FILES_CSV)
        return {split: len(found) for split, found in labels.items()}

    def _rows(self, split: str, members: list[RawFile]) -> Iterator[list[Any]]:
        """Yield the lines of files.csv."""
        row = 0
        for file in members:
            for start in self.kept[file].starts:
                begin = "" if start is None else f"{start:.3f}"
                yield [split, row, file.name, file.label, file.group, begin]
                row += 1

    def _check(self, split: str, labels: list[int]) -> None:
        found = Counter(labels)
        missing = [name for i, name in enumerate(self.classes) if not found[i]]
        if not labels:
            raise DatasetError(f"{split} has no example")
        if missing and split == "train":
            raise DatasetError(f"train has no example of {', '.join(missing)}")
        for name in missing:
            self.listener.warn(f"{split} has no example of {name}")

    def _pickle(
        self, split: str, members: list[RawFile], labels: NDArray[np.int64]
    ) -> None:
        one_hot = np.eye(len(self.classes))[labels]
        paths = [self.folder / f"{split}_{part}.pck" for part in "XY"]
        write_pickle(paths[1], one_hot.shape, one_hot.dtype, [one_hot])
        shape = (len(labels), *self.recipe.shape)
        write_pickle(paths[0], shape, np.dtype(self.dtype), self._blocks(members))
        for path in paths:
            files.sync(path)

    @property
    def _numbers(self) -> Path:
        """The file of values, beside the set's folder."""
        return self.scratch / f".{self.folder.name}.numbers"

    def _blocks(self, members: list[RawFile]) -> Iterator[NDArray[Any]]:
        """Yield the values of files in X's dtype, some rows at a time."""
        image = isinstance(self.recipe, ImageRecipe)
        stored = np.dtype(np.uint8 if image else np.float32)
        per_row = math.prod(self.recipe.shape)
        step = max(1, _BLOCK // per_row)
        with self._numbers.open("rb") as file:
            for kept in (self.kept[member] for member in members):
                file.seek(kept.begin)
                for first in range(0, len(kept.starts), step):
                    n_rows = min(step, len(kept.starts) - first)
                    values = np.fromfile(file, stored, n_rows * per_row)
                    yield decode(values) if self.dtype == "float32" else values
