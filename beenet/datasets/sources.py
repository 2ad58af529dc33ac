"""Finds the raw files of a set to be built, with their class, group and split.

SOURCE/CLASS/...            the splits are drawn
SOURCE/SPLIT/CLASS/...      train, test and valid are taken as they are
list.csv                    columns file and class, optionally group and split
"""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from beenet.datasets.raw_files import RawFile, RawFiles, composed
from beenet.datasets.source_csv import files_in_csv
from beenet.datasets.source_folders import files_in_folders
from beenet.errors import DatasetError, SourceNotFoundError
from beenet.media import kind_of_suffix


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
        note: called with messages about what was passed over or renamed.

    Raises:
        DatasetError: the source is not valid; says where.
    """
    if source.is_dir():
        files = files_in_folders(source, note)
    elif source.is_file():
        files = list(files_in_csv(source, note))
    else:
        raise SourceNotFoundError(f"{source}: no such folder or CSV file")
    classes = tuple(sorted({file.label for file in files}))
    _refuse_same_but_for_case(source, classes)
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


def _refuse_same_but_for_case(source: Path, classes: tuple[str, ...]) -> None:
    seen: dict[str, str] = {}
    for name in classes:
        other = seen.setdefault(composed(name.casefold()), name)
        if other != name:
            raise DatasetError(
                f"{source}: the classes {other} and {name} differ in upper and lower "
                "case only; give them one name"
            )


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
    above = composed(file.name).split("/")[:-1]
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
