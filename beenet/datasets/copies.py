"""Finds copies of raw files: a net must not be tested on what it trained on."""

from collections.abc import Iterable

from beenet.datasets.fingerprint import sha256_of
from beenet.datasets.raw_files import RawFile
from beenet.datasets.set_writer import Listener, warn_each
from beenet.errors import DatasetError
from beenet.media import Recipe, read_examples, shown
from beenet.registry import SPLITS
from beenet.text.words import counted


def without_copies(
    raw: Iterable[RawFile], recipe: Recipe, listener: Listener
) -> list[RawFile]:
    """Leave out copies of files, with a warning for each.

    Of copies in different splits the first in the order train, test, valid is kept.
    Copies that cannot be read are all kept, so that reading them reports each.

    Args:
        raw: the files.
        recipe: how they are read.
        listener: receives warnings and progress.

    Returns:
        The files that are kept, in order of their split and name.

    Raises:
        DatasetError: copies have different classes, or a file is a device or a pipe.
    """
    order = {split: i for i, split in enumerate(SPLITS)}
    ordered = sorted(raw, key=lambda f: (order.get(f.split or "", 0), f.name))
    alike: dict[str, list[int]] = {}
    for i, file in enumerate(ordered):
        listener.progress("looking for copies", i, len(ordered))
        if file.path.exists() and not file.path.is_file():
            raise DatasetError(f"{shown(file.path)}: is a device or a pipe, not a file")
        try:
            alike.setdefault(sha256_of(file.path), []).append(i)
        except (OSError, ValueError):
            continue  # reading it later reports what is wrong
    left_out: dict[int, str] = {}
    conflicts: dict[int, str] = {}
    for first, *others in alike.values():
        if not others or not _is_readable(ordered[first], recipe):
            continue
        for i in others:
            file, other = ordered[i], ordered[first]
            twice = file.path == other.path
            if file.label != other.label:
                conflicts[i] = (
                    f"{other.name} and {file.name} are the same file, once "
                    f"{other.label} and once {file.label}"
                )
            else:
                same = "named twice" if twice else f"a copy of {other.name}"
                left_out[i] = f"{file.name}: left out, {same}"
    if conflicts:
        warn_each([conflicts[i] for i in sorted(conflicts)], listener)
        have = "has" if len(conflicts) == 1 else "have"
        raise DatasetError(
            f"{counted(len(conflicts), 'pair')} of copies {have} two classes; of each, "
            "remove the wrong file"
        )
    warn_each([left_out[i] for i in sorted(left_out)], listener)
    return [file for i, file in enumerate(ordered) if i not in left_out]


def _is_readable(file: RawFile, recipe: Recipe) -> bool:
    try:
        for _ in read_examples(file.path, recipe):
            pass
    except DatasetError:
        return False
    return True
