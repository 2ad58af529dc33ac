"""Finds the raw files of a set to be built, with their class, group and split.

SOURCE/CLASS/...            the splits are drawn
SOURCE/SPLIT/CLASS/...      train, test and valid are taken as they are
list.csv                    columns file and class, optionally group and split
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from beenet.errors import DatasetError, SourceNotFoundError
from beenet.media import files_below, kind_of_suffix, shown
from beenet.registry import SPLITS
from beenet.text.values import brief
from beenet.text.words import counted

_SPLIT_NAMES = {split: split for split in SPLITS} | {
    "val": "valid",
    "validation": "valid",
}
_SEPARATORS = {";", "\t", "|"}
"""Column separators of other programs, for the error message."""
_COLUMNS = ("file", "class", "group", "split")


@dataclass(frozen=True)
class RawFile:
    """One picture or recording."""

    path: Path
    """Where it is."""
    name: str
    """Its path relative to the source, with slashes; its name in files.csv."""
    label: str
    """Its class."""
    group: str
    """The unit that must not be in two splits: a hive, a day, or the file itself."""
    split: str | None
    """The split that the source gives it; None if the splits are to be drawn."""


@dataclass(frozen=True)
class RawFiles:
    """All raw files of a source."""

    kind: Literal["image", "audio"]
    """Pictures or recordings."""
    classes: tuple[str, ...]
    """Class names in alphabetical order."""
    files: list[RawFile]
    """Sorted by name."""

    @property
    def is_split(self) -> bool:
        """Whether the source has its own train, test and valid."""
        return self.files[0].split is not None


def read_source(
    source: Path,
    group_by: str | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> RawFiles:
    """Find the raw files without opening them.

    Args:
        source: a folder of class folders, of splits of class folders, or a CSV file.
        group_by: ``parent`` (the folder below the class), or a regular expression that
            finds the group in a file's path; None: the CSV's group, else each file's
            own.
        note: called with a message about files that were left out.

    Raises:
        DatasetError: the source is not valid; says where.
    """
    if source.is_dir():
        files, classes = _in_folders(source, note)
    elif source.is_file():
        files = list(_in_csv(source))
        classes = tuple(sorted({file.label for file in files}))
    else:
        raise SourceNotFoundError(f"{source}: no such folder or CSV file")
    if len(classes) < 2:
        found = f"only {classes[0]}" if classes else "none"
        raise DatasetError(f"{source}: needs two classes or more, has {found}")
    if group_by is not None:
        find = _group_finder(source, group_by)
        files = [replace(file, group=find(file)) for file in files]
    kinds = {kind_of_suffix(file.path) for file in files} - {"video"}
    files.sort(key=lambda file: file.name)
    if kinds == {"image", "audio"}:
        pictures, recordings = (
            [file.name for file in files if kind_of_suffix(file.path) == kind]
            for kind in ("image", "audio")
        )
        raise DatasetError(
            f"{source}: holds both pictures ({len(pictures):,}, such as {pictures[0]}) "
            f"and recordings ({len(recordings):,}, such as {recordings[0]}); one set "
            "holds one kind"
        )
    _refuse_groups_in_two_splits(source, files)
    kind: Literal["image", "audio"] = "audio" if "audio" in kinds else "image"
    return RawFiles(kind, classes, files)


def _in_folders(
    source: Path, note: Callable[[str], None]
) -> tuple[list[RawFile], tuple[str, ...]]:
    tops = _folders(source)
    splits = {_SPLIT_NAMES.get(top.name.lower()) for top in tops}
    if set(SPLITS) <= splits and None in splits:
        odd = next(top for top in tops if top.name.lower() not in _SPLIT_NAMES)
        raise DatasetError(
            f"{source}: has train, test and valid, and {shown(odd.name)} beside them; "
            "move it elsewhere"
        )
    if tops and None not in splits:
        if len(tops) != len(SPLITS) or splits != set(SPLITS):
            names = ", ".join(top.name for top in tops)
            raise DatasetError(
                f"{source}: has the splits {names}; needs train, test and valid, or "
                "class folders alone, to have them drawn"
            )
        places: list[tuple[str | None, Path]] = [
            (_SPLIT_NAMES[top.name.lower()], cls)
            for top in tops
            for cls in _folders(top)
        ]
    else:
        places = [(None, cls) for cls in tops]
    for _, folder in places:
        if not folder.name.isprintable():
            raise DatasetError(
                f"{source}: the class {folder.name!a} holds a character that is "
                "no text; rename the folder"
            )
    files: list[RawFile] = []
    filled: set[str] = set()
    passed = 0
    for split, folder in places:
        for path in files_below(folder):
            if kind_of_suffix(path) not in ("image", "audio", "video"):
                passed += 1
                continue
            filled.add(folder.name)
            name = shown(path.relative_to(source).as_posix())
            files.append(RawFile(path, name, folder.name, name, split))
    for _, folder in places:
        if folder.name not in filled:
            raise DatasetError(f"{folder}: this class has no picture and no recording")
    if passed:
        what = counted(passed, "file")
        note(f"{source}: {what} passed over: neither pictures nor recordings by name")
    return files, tuple(sorted(filled))


def _folders(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_dir() and not path.name.startswith(".")
    )


def _in_csv(path: Path) -> Iterator[RawFile]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            columns = reader.fieldnames or []
            if not columns:
                raise DatasetError(f"{path}: is empty")
            if len(columns) == 1 and (found := _SEPARATORS & set(columns[0])):
                raise DatasetError(
                    f"{path}: its columns are parted by {min(found)!r}; save it with "
                    "commas"
                )
            odd = [name for name in columns if name not in _COLUMNS]
            if (
                odd
                or len(set(columns)) < len(columns)
                or not {"file", "class"} <= set(columns)
            ):
                raise DatasetError(
                    f"{path}: has the columns {brief(', '.join(columns))}; needs file "
                    "and class, and may have group and split"
                )
            for row in reader:
                yield _csv_row(f"{path}:{reader.line_num}", path.parent, row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: is not a CSV file in UTF-8: {error}") from None


def _csv_row(where: str, folder: Path, row: dict[str, str]) -> RawFile:
    values = {key: (row.get(key) or "").strip() for key in _COLUMNS}
    if None in row or any(row[key] is None for key in row):
        raise DatasetError(f"{where}: has more or fewer cells than the first line")
    missing = [key for key in row if not values[key]]
    if missing:
        raise DatasetError(f"{where}: has no {missing[0]}")
    split = _SPLIT_NAMES.get(values["split"].lower())
    if values["split"] and split is None:
        raise DatasetError(
            f"{where}: split must be train, test or valid, got {values['split']!r}"
        )
    odd = [key for key in row if not values[key].isprintable()]
    if odd:
        raise DatasetError(f"{where}: {odd[0]} holds a character that is no text")
    name = values["file"]
    group = values["group"] or name
    return RawFile(folder / name, name, values["class"], group, split)


def _group_finder(source: Path, group_by: str) -> Callable[[RawFile], str]:
    if group_by == "parent":
        return _parent
    pattern = re.compile(group_by)

    def find(file: RawFile) -> str:
        match = pattern.search(file.name)
        group = match and match.group(1 if pattern.groups else 0)
        if not group:
            raise DatasetError(f"{source}: {group_by!r} finds no group in {file.name}")
        return group

    return find


def _parent(file: RawFile) -> str:
    """Return ``hive1`` for ``train/BEE/hive1/x.png`` and for ``BEE/hive1/x.png``."""
    above = file.name.split("/")[:-1]
    if file.label in above:
        above = above[above.index(file.label) + 1 :]
    if not above:
        raise DatasetError(
            f"{file.name}: lies in no folder below its class; --group-by parent wants "
            "CLASS/GROUP/file"
        )
    return "/".join(above)


def _refuse_groups_in_two_splits(source: Path, files: list[RawFile]) -> None:
    """Refuse a source whose own splits share a group; drawn splits never do."""
    seen: dict[str, RawFile] = {}
    for file in files:
        first = seen.setdefault(file.group, file)
        if first.split != file.split:
            raise DatasetError(
                f"{source}: the group {file.group} is in {first.split} ({first.name}) "
                f"and in {file.split} ({file.name})"
            )
