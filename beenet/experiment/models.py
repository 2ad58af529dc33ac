"""The saved models that a path means."""

from pathlib import Path

from beenet.network.sidecar import find_model
from beenet.runs import MODEL, find_runs


def find_models(path: Path) -> list[Path]:
    """Return the prefixes of the models that a path means.

    Args:
        path: a run folder, a prefix or any one file of a model; or a folder of runs,
            which means each finished run below it, by path.

    Raises:
        NetworkError: there is no model.
    """
    if path.is_dir() and not (path / "config.yaml").exists():
        below = [run.model for run in find_runs(path)]
        if below:
            return below
    return [find_model(path, MODEL)]
