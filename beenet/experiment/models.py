"""Saved models: those that a path means, and whether their data are as they were."""

from collections.abc import Callable
from pathlib import Path

from beenet.datasets import Dataset
from beenet.datasets.configured import open_data
from beenet.errors import DatasetError
from beenet.experiment.predict import Predictor
from beenet.network.sidecar import UNKNOWN_DATA, Sidecar
from beenet.runs.find_model import find_model
from beenet.runs.find_runs import find_runs
from beenet.runs.folder import CONFIG
from beenet.text.values import show_shape


def find_models(path: Path) -> list[Path]:
    """Return the prefixes of the models that a path means.

    Args:
        path: a run folder, a prefix or any one file of a model; or a folder of runs,
            which means each finished run below it, by path.

    Raises:
        NetworkError: there is no model.
    """
    if path.is_dir() and not (path / CONFIG).exists():
        below = [run.model for run in find_runs(path).finished]
        if below:
            return below
    return [find_model(path)]


def check_known(model: Path, title: str) -> None:
    """Check that somebody told what data a model was trained on.

    Args:
        model: its prefix.
        title: what its sidecar calls the data.

    Raises:
        DatasetError: it was adopted, and nobody did.
    """
    if title == UNKNOWN_DATA:
        raise DatasetError(
            f"nobody told what data {model} was trained on; name some with --dataset, "
            f"or have `beenet adopt {model} --dataset` know it"
        )


def open_own(
    model: Predictor,
    split: str,
    data_dir: Path | None,
    warn: Callable[[str], None] = lambda _: None,
) -> Dataset:
    """Open the data that a model was trained on, and say if they are others by now.

    Args:
        model: the model, opened.
        split: what of them is asked for.
        data_dir: where the data sets are installed; None for the usual place.
        warn: told of what makes scores worth less.

    Raises:
        DatasetError: nobody knows them, they are not here, or no longer fit.
    """
    if model.sidecar:
        check_known(model.model, model.sidecar.dataset)
    dataset = open_data(model.config, data_dir)
    if model.sidecar:
        check_data(model.model, model.sidecar, dataset, split, warn)
    return dataset


def check_data(
    model: Path,
    sidecar: Sidecar,
    dataset: Dataset,
    split: str,
    warn: Callable[[str], None],
) -> None:
    """Check that a model takes data and knows their classes; warn if they changed.

    Raises:
        DatasetError: it does not.
    """
    if not sidecar.fits(dataset.shape, dataset.classes):
        raise DatasetError(
            f"{model} was trained on {sidecar.dataset}, examples of "
            f"{show_shape(sidecar.shape)} in {_classes(sidecar)}; {dataset.title} has "
            f"{show_shape(dataset.shape)} in {', '.join(dataset.classes)}"
        )
    warn_of_changes(model, sidecar, dataset, split, warn)


def _classes(sidecar: Sidecar) -> str:
    if sidecar.classes:
        return f"the classes {', '.join(sidecar.classes)}"
    return f"{sidecar.config.dataset.n_classes} classes"


def warn_of_changes(
    model: Path,
    sidecar: Sidecar,
    dataset: Dataset,
    split: str,
    warn: Callable[[str], None],
) -> None:
    """Warn if a model's own data are no longer those that it was trained on.

    Other data than its own are none of its business; of an adopted model nobody knows
    them.
    """
    changed = sidecar.hashes and sidecar.hashes != dataset.hashes
    if changed and _is_own(sidecar, dataset):
        warn(
            f"{dataset.title} has changed since {model} was trained: {split} may hold "
            "examples that it learned from"
        )


def _is_own(sidecar: Sidecar, dataset: Dataset) -> bool:
    """Return whether data are in the place of those that a model was trained on."""
    own = sidecar.config.dataset
    if own.path is None:
        return dataset.name == own.title
    folder = dataset.source.folder
    return folder is not None and folder.resolve() == Path(own.path).resolve()
