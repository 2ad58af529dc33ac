"""Read the inputs of `beenet predict`: files, folders of files, arrays."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from beenet.datasets.arrays import read_array
from beenet.errors import DatasetError
from beenet.media import (
    Recipe,
    files_below,
    kind_of_suffix,
    read_examples,
    shown,
    sniff,
)
from beenet.text.words import counted, reason


@dataclass(frozen=True)
class InputFile:
    """A file, and the name to show for it."""

    path: Path
    label: str


@dataclass(frozen=True)
class InputExample:
    """One example of a file, or the reason why the file cannot be read."""

    file: int
    """The file's number; examples of one file are consecutive."""
    label: str
    """The name to show for the file."""
    x: NDArray[Any] | None = None
    """The example; None for a fault."""
    start: float | None = None
    """Where a window of a recording begins, in seconds."""
    row: int | None = None
    """The index of the example in an array."""
    fault: str = ""
    """Why the file, or the rest of it, cannot be read."""


def input_examples(
    files: Iterable[InputFile],
    shape: tuple[int, ...],
    recipe: Recipe | None,
    *,
    unit_range: bool,
    note: Callable[[str], None],
) -> Iterator[InputExample]:
    """Read files one after the other, one example at a time.

    Args:
        files: what to read; one that cannot be read does not stop the others.
        shape: of one example.
        recipe: how pictures and recordings become examples; None if they cannot.
        unit_range: arrays must hold values in 0..1.
        note: called with notes about the files.
    """
    for number, file in enumerate(files):

        def tell(text: str, file: InputFile = file) -> None:
            note(text.replace(str(file.path), file.label))

        try:
            if file.path.is_dir():
                raise DatasetError(f"{file.path}: holds no file that the net takes")
            if sniff(file.path).kind == "array":
                rows = read_array(file.path, shape, unit_range=unit_range)
                for row, x in enumerate(rows):
                    yield InputExample(number, file.label, x, row=row)
                continue
            if recipe is None:
                raise DatasetError(
                    f"{file.path}: is no array; nothing else becomes what the net takes"
                )
            for example in read_examples(file.path, recipe, tell):
                yield InputExample(number, file.label, example.x, start=example.start)
        except DatasetError as error:
            fault = str(error).replace(str(file.path), file.label)
            yield InputExample(number, file.label, fault=fault)
        except OSError as error:
            fault = f"{file.label}: cannot be read: {reason(error)}"
            yield InputExample(number, file.label, fault=fault)


def expanded(
    paths: Iterable[Path], recipe: Recipe | None, note: Callable[[str], None]
) -> Iterator[InputFile]:
    """Yield files as they are, and the matching files of folders, in order.

    In a folder these are arrays and files whose suffix is of the recipe's kind, also if
    nothing can read them, as videos; hidden files are ignored.
    """
    kinds = {"array", recipe.kind, "video"} if recipe else {"array"}
    for path in paths:
        if not path.is_dir():
            yield InputFile(path, shown(path))
            continue
        taken = passed = 0
        for found in files_below(path):
            if kind_of_suffix(found) in kinds:
                taken += 1
                yield InputFile(found, shown(found))
            else:
                passed += 1
        if not taken:
            yield InputFile(path, shown(path))
        elif passed:
            files = counted(passed, "file")
            note(f"{shown(path)}: {files} passed over: not of a kind the net takes")
