"""Finds the raw files of a set in class folders, or in splits of class folders."""

import os
from collections.abc import Callable
from pathlib import Path

from beenet.datasets.raw_files import RawFile, composed, split_named
from beenet.errors import DatasetError
from beenet.media import files_below, is_clutter, kind_of_suffix, shown
from beenet.registry import SPLITS
from beenet.text.words import counted, listed

_MAX_NAMES = 20


def files_in_folders(source: Path, note: Callable[[str], None]) -> list[RawFile]:
    """Return the files of a folder whose names are those of pictures and recordings.

    Args:
        source: the folder.
        note: called with messages about files that were passed over, or renamed.

    Raises:
        DatasetError: the folders are neither classes nor splits, or one is empty.
    """
    places = _places(source)
    for _, folder in places:
        if not folder.name.isprintable():
            raise DatasetError(
                f"{source}: the class {folder.name!a} holds a character that is "
                "no text; rename the folder"
            )
    files: list[RawFile] = []
    passed = odd = 0
    for split, folder in places:
        for path in files_below(folder):
            if kind_of_suffix(path) not in ("image", "audio", "video"):
                passed += 1
                continue
            # Unlike `shown`, this keeps names distinct.
            raw = os.fsencode(path.relative_to(source).as_posix())
            name = raw.decode("utf-8", "backslashreplace")
            odd += name.encode() != raw
            files.append(RawFile(path, name, composed(folder.name), name, split))
    filled = {file.label for file in files}
    empty = sorted({composed(folder.name) for _, folder in places} - filled)
    if empty:
        one = len(empty) == 1
        raise DatasetError(
            f"{source}: the class{'' if one else 'es'} {listed(empty, _MAX_NAMES)} "
            f"{'has' if one else 'have'} no picture and no recording; fill the "
            f"folder{'' if one else 's'}, or remove {'it' if one else 'them'}"
        )
    if passed:
        what = counted(passed, "file")
        note(f"{source}: {what} passed over: neither pictures nor recordings by name")
    if odd:
        names = counted(odd, "file name")
        note(
            f"{source}: {names} {'is' if odd == 1 else 'are'} not in UTF-8; files.csv "
            r"has such bytes as \xff"
        )
    return files


def _places(source: Path) -> list[tuple[str | None, Path]]:
    """Return the class folders, each with its split."""
    tops = _folders(source)
    splits = {split_named(top.name) for top in tops}
    if set(SPLITS) <= splits and None in splits:
        odd = next(top for top in tops if split_named(top.name) is None)
        raise DatasetError(
            f"{source}: has train, test and valid, and {shown(odd.name)} beside them; "
            "move it elsewhere"
        )
    if not tops or None in splits:
        return [(None, cls) for cls in tops]
    if len(tops) != len(SPLITS) or splits != set(SPLITS):
        names = ", ".join(top.name for top in tops)
        raise DatasetError(
            f"{source}: has the splits {names}; needs train, test and valid, or "
            "class folders alone, to have them drawn"
        )
    return [(split_named(top.name), cls) for top in tops for cls in _folders(top)]


def _folders(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if path.is_dir() and not is_clutter(path.name)
    )
