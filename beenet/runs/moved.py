"""Whether a run's own data lie elsewhere now: their bytes tell, not their place."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from beenet.config.differences import with_place
from beenet.errors import BeenetError
from beenet.runs.checkpoint import Checkpoints
from beenet.runs.folder import RunFolder


def with_data_here(
    there: Any, asked: dict[str, Any], folder: RunFolder, hashes: Mapping[str, str]
) -> Any:
    """Return a run's config, with the place of its data that another asks for.

    Args:
        there: the resolved config of the folder's run, as plain data, if there is one.
        asked: the one asked for.
        folder: the run's; its record or its checkpoint tells what it was trained on.
        hashes: the SHA-256 of the files that are asked for, by their names.

    Returns:
        ``there`` as it is, unless it differs in ``dataset.path`` and the files in both
        places are the same.
    """
    here = with_place(there, asked)
    return here if here is not there and _hashes(folder) == hashes else there


def _hashes(folder: RunFolder) -> dict[str, str] | None:
    """Return the SHA-256 of the files that a run was trained on, if they are known."""
    with suppress(BeenetError):
        if folder.state() == "finished":
            return folder.read_hashes()
        begun = Checkpoints(folder, replaces=False).newest(lambda _: None)
        return dict(begun.origin["data"]) if begun else None
    return None
