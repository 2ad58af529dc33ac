"""Recognizes a run's data at another path, by the SHA-256 of the files."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from beenet.errors import BeenetError
from beenet.runs.checkpoint import Checkpoints
from beenet.runs.folder import RunFolder


def with_relocated_data(
    there: Any,
    asked: dict[str, Any],
    folder: RunFolder,
    hashes: Callable[[], Mapping[str, str]],
) -> Any:
    """Return a run's config with ``dataset.path`` of another where the data are equal.

    Args:
        there: the resolved config of the folder's run, as plain data, if there is one.
        asked: the requested config.
        folder: the run's; its provenance or checkpoint has the hashes of its data.
        hashes: returns the requested files' name to SHA-256; called only if the path
            differs.

    Returns:
        ``there`` unchanged, unless ``dataset.path`` differs and the files in both
        places are the same.
    """
    section = there.get("dataset") if isinstance(there, dict) else None
    if not isinstance(section, dict) or section.get("path") is None:
        return there
    path = asked["dataset"]["path"]
    if path is None or section["path"] == path or recorded_hashes(folder) != hashes():
        return there
    return there | {"dataset": section | {"path": path}}


def recorded_hashes(folder: RunFolder) -> dict[str, str] | None:
    """Return file name to SHA-256 of the data that a run was trained on, if known.

    Args:
        folder: the run's, finished or not.
    """
    with suppress(BeenetError):
        if folder.state() == "finished":
            return folder.read_hashes()
        begun = Checkpoints(folder, replaces=False).newest(lambda _: None)
        return begun.origin.data if begun else None
    return None
