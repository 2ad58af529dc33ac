"""Reads `dataset.json`, the notes that `beenet data build` writes beside a set."""

from pathlib import Path
from typing import Any

from beenet.system.plain_files import read_json

FILE_NAME = "dataset.json"
MADE_BY = "beenet data build"


def read_notes(folder: Path) -> dict[str, Any] | None:
    """Return the notes of `beenet data build`, unchecked; None if there are none."""
    try:
        found = read_json(folder / FILE_NAME)
    except (OSError, ValueError):
        return None
    ours = isinstance(found, dict) and found.get("made_by") == MADE_BY
    return found if ours else None


def class_names(folder: Path) -> list[str] | None:
    """Return the classes of a built set, in one-hot order; None if unknown."""
    classes = (read_notes(folder) or {}).get("classes")
    if isinstance(classes, list) and all(isinstance(name, str) for name in classes):
        return classes
    return None
