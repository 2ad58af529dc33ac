"""Whether a run's own data lie elsewhere now: their bytes tell, not their place."""

from contextlib import suppress
from typing import Any

from beenet.config.differences import with_place
from beenet.datasets import Dataset
from beenet.errors import BeenetError
from beenet.experiment.checkpoint import Checkpoints
from beenet.network.sidecar import read_sidecar
from beenet.runs.folder import RunFolder


def with_data_here(
    there: Any, asked: dict[str, Any], folder: RunFolder, dataset: Dataset
) -> Any:
    """Return a run's config, with the place of its data that another asks for.

    Args:
        there: the resolved config of the folder's run, as plain data, if there is one.
        asked: the one asked for.
        folder: the run's; its checkpoint or its model tells what it was trained on.
        dataset: the data of the config asked for.

    Returns:
        ``there`` as it is, unless it differs in ``dataset.path`` and the files in both
        places are the same.
    """
    here = with_place(there, asked)
    return here if here is not there and _hashes(folder) == dataset.hashes else there


def _hashes(folder: RunFolder) -> dict[str, str] | None:
    """Return the SHA-256 of the files that a run was trained on, if they are known."""
    with suppress(BeenetError):
        if folder.state() == "finished":
            return read_sidecar(folder.model).hashes
        begun = Checkpoints(folder, replaces=False).newest(lambda _: None)
        return dict(begun.origin["data"]) if begun else None
    return None
