"""Find the saved models of a path, and check whether their data have changed."""

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
    """Return the prefixes of the models to which a path refers.

    Args:
        path: a run folder, a prefix or any one file of a model; or a folder of runs,
            for each finished run below it, sorted by path.

    Raises:
        NetworkError: there is no model.
    """
    if path.is_dir() and not (path / CONFIG).exists():
        below = [run.model for run in find_runs(path).finished]
        if below:
            return below
    return [find_model(path)]


def check_known(model: Path, title: str) -> None:
    """Check that the data on which a model was trained are known.

    Args:
        model: its prefix.
        title: the data's title in its sidecar.

    Raises:
        DatasetError: it was adopted without naming them.
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
    """Open the data on which a model was trained, and warn if they have changed.

    Args:
        model: the model, opened.
        split: the split that will be scored, for the warning.
        data_dir: where the data sets are installed; None for the usual place.
        warn: called with warnings about the validity of scores.

    Raises:
        DatasetError: they are unknown, not installed, or no longer fit.
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
    """Check that data have a model's shape and classes; warn if they have changed.

    Raises:
        DatasetError: they do not.
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
    """Warn if a model's own data are no longer those on which it was trained.

    Data other than its own are not compared; the sidecar of an adopted model has no
    hashes to compare.
    """
    changed = sidecar.hashes and sidecar.hashes != dataset.hashes
    if changed and _is_own(sidecar, dataset):
        warn(
            f"{dataset.title} has changed since {model} was trained: {split} may hold "
            "examples that it learned from"
        )


def _is_own(sidecar: Sidecar, dataset: Dataset) -> bool:
    """Return whether data have the name or folder of a model's training data."""
    own = sidecar.config.dataset
    if own.path is None:
        return dataset.name == own.title
    folder = dataset.source.folder
    return folder is not None and folder.resolve() == Path(own.path).resolve()
