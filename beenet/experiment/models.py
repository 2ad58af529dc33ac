"""Saved models: those that a path means, and whether their data are as they were."""

from collections.abc import Callable
from pathlib import Path

from beenet.datasets import Dataset
from beenet.network.sidecar import Sidecar, find_model
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


def warn_of_changes(
    model: Path,
    sidecar: Sidecar,
    dataset: Dataset,
    split: str,
    warn: Callable[[str], None],
) -> None:
    """Warn if data are no longer those that a model was trained on.

    Of an adopted model nobody knows them.
    """
    if sidecar.hashes and sidecar.hashes != dataset.hashes:
        warn(
            f"{dataset.title} has changed since {model} was trained: {split} may hold "
            "examples that it learned from"
        )
