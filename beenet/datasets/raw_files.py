"""The raw files of a set to be built, with their class, group and split."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from beenet.registry import SPLITS

_SPLIT_NAMES = {split: split for split in SPLITS} | {
    "val": "valid",
    "validation": "valid",
}


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


def split_named(name: str) -> str | None:
    """Return the split that a folder or a cell names; None if it names none."""
    return _SPLIT_NAMES.get(name.lower())


def composed(name: str) -> str:
    """Return a name in Unicode's composed form; macOS parts letters and accents."""
    return unicodedata.normalize("NFC", name)
