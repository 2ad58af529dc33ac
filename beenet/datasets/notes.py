"""dataset.json: the record of a user's own set that `beenet data build` made."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from beenet.dataset_json import FILE_NAME, MADE_BY, read_notes
from beenet.datasets.groups import Groups, parse_groups
from beenet.errors import DatasetError
from beenet.media import Recipe, parse_recipe
from beenet.registry import SPLITS
from beenet.system.files import write_json

FORMAT = 1
"""Incremented when the meaning of the notes changes."""


@dataclass(frozen=True)
class Notes:
    """The record of one built set."""

    name: str
    """The folder's name when it was built."""
    classes: tuple[str, ...]
    """Class names in one-hot order."""
    counts: dict[str, int]
    """Split name to number of examples."""
    recipe: Recipe
    """How the raw files became examples."""
    source: str
    """Where the raw files were."""
    options: dict[str, Any]
    """The build's options: seed, dtype, grouping, fractions."""
    files: int
    """The number of raw files in it; files.csv has each with its split and row."""
    sha256: dict[str, str]
    """File name to SHA-256 of each of the six pickles."""
    date: str
    """When it was built, ISO 8601 in UTC."""
    groups: Groups | None = None
    """What the examples come from; None for a set built before this was noted."""


def save_notes(folder: Path, notes: Notes) -> None:
    """Write the notes into the set's folder, whole or not at all."""
    plain = asdict(notes) | {"recipe": notes.recipe.model_dump(mode="json")}
    write_json(folder / FILE_NAME, {"format": FORMAT, "made_by": MADE_BY} | plain)


def load_notes(folder: Path) -> Notes | None:
    """Read a folder's notes; None if there are none.

    Raises:
        DatasetError: they are damaged or of another version.
    """
    found = read_notes(folder)
    if found is None:
        return None
    path = folder / FILE_NAME
    if found.get("format") != FORMAT:
        raise DatasetError(
            f"{path}: was written by another version of beenet; build the set again"
        )
    try:
        return Notes(
            name=str(found["name"]),
            classes=tuple(str(name) for name in found["classes"]),
            counts={split: int(found["counts"][split]) for split in SPLITS},
            recipe=parse_recipe(found["recipe"]),
            source=str(found["source"]),
            options=dict(found["options"]),
            files=int(found["files"]),
            sha256={str(k): str(v) for k, v in found["sha256"].items()},
            date=str(found["date"]),
            groups=parse_groups(found.get("groups")),
        )
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise DatasetError(
            f"{path}: is damaged ({error}); build the set again"
        ) from None
