"""Whether a run's own data lie elsewhere now: their bytes tell, not their place."""

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
    """Return a run's config, with the place of its data that another asks for.

    Args:
        there: the resolved config of the folder's run, as plain data, if there is one.
        asked: the one asked for.
        folder: the run's; its record or its checkpoint tells what it was trained on.
        hashes: returns the SHA-256 of the files that are asked for, by their names;
            called only if the place differs.

    Returns:
        ``there`` as it is, unless it differs in ``dataset.path`` and the files in both
        places are the same.
    """
    section = there.get("dataset") if isinstance(there, dict) else None
    if not isinstance(section, dict) or section.get("path") is None:
        return there
    path = asked["dataset"]["path"]
    if path is None or section["path"] == path or _hashes(folder) != hashes():
        return there
    return there | {"dataset": section | {"path": path}}


def _hashes(folder: RunFolder) -> dict[str, str] | None:
    """Return the SHA-256 of the files that a run was trained on, if they are known."""
    with suppress(BeenetError):
        if folder.state() == "finished":
            return folder.read_hashes()
        begun = Checkpoints(folder, replaces=False).newest(lambda _: None)
        return begun.origin.data if begun else None
    return None
