"""Score every model on every data set of its shape and classes."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from beenet.datasets import Dataset, find, open_dataset
from beenet.datasets.configured import open_data, open_split
from beenet.datasets.notes import load_notes
from beenet.datasets.opening import is_folder
from beenet.datasets.status import all_statuses
from beenet.engine import available_devices, choose_device
from beenet.errors import DatasetError, RunError
from beenet.experiment.models import check_known, find_models, warn_of_changes
from beenet.experiment.parts import build_on, score_split
from beenet.network.saved import restore_weights
from beenet.network.sidecar import Sidecar, read_sidecar
from beenet.reporter import Reporter
from beenet.runs.folder import RunFolder
from beenet.runs.looks import Look, note_look
from beenet.scores.metrics import Evaluation
from beenet.text.values import show_shape
from beenet.text.words import distinct


@dataclass(frozen=True)
class MatrixCell:
    """One model on one data set."""

    evaluation: Evaluation
    """The scores."""
    column: str
    """The column's name: the data's title, numbered if other data share it."""
    own: bool
    """Whether the model was trained on exactly these data, alone or among others."""


def score_matrix(
    paths: Iterable[Path],
    *,
    split: str = "valid",
    names: Sequence[str] = (),
    data_dir: Path | None = None,
    device: str = "auto",
    reporter: Reporter,
) -> list[MatrixCell]:
    """Score saved models on all data of their shape and classes.

    Args:
        paths: models, run folders, or folders of runs.
        split: ``train``, ``test`` or ``valid``.
        names: registered data sets to score on, or folders of six pickles; none for
            all that are installed, and the models' own.
        data_dir: where the data sets are installed; None for the usual place.
        device: as in a config.
        reporter: receives a note for each model, and warnings of unreadable data.

    Raises:
        RunError: there is no model.
        DatasetError: a data set that was named is not installed, or fits no model.
    """
    models: dict[Path, Path] = {}  # each once, even if named twice, perhaps by a link
    for model in (model for path in paths for model in find_models(path)):
        models.setdefault(model.resolve(), model)
    if not models:
        raise RunError("no finished runs there; train one with: beenet train CONFIG")
    sidecars = {model: read_sidecar(model) for model in models.values()}
    if names:
        datasets = _named(names, sidecars.values(), data_dir)
    else:
        datasets = _installed(data_dir, reporter)
        datasets = _each_once([*datasets, *_own(sidecars, data_dir, reporter)])
    where = choose_device(device, available_devices())
    cells, columns = [], dict[str, Hashable]()
    for model, sidecar in sidecars.items():
        fitting = [d for d in datasets if sidecar.fits(d.shape, d.classes)]
        if not fitting:
            continue
        reporter.note(f"{model}: {', '.join(dataset.title for dataset in fitting)}")
        plan = sidecar.plan
        with build_on(sidecar.config, fitting[0], where, plan) as network:
            restore_weights(network, model)
            for dataset in fitting:
                there = open_split(sidecar.config, dataset, split)
                scores, _ = score_split(network, sidecar.config, there, dataset)
                folder = RunFolder(model.parent)
                look = Look(dataset.title, split, dataset.digest)
                note_look(folder, look, reporter.warn)
                evaluation = Evaluation(
                    str(model), dataset.title, dataset.synthetic, split, scores
                )
                warn_of_changes(model, sidecar, dataset, split, reporter.warn)
                what = tuple(dataset.hashes.items())
                column = distinct(dataset.title, what, columns)
                cells.append(MatrixCell(evaluation, column, _taught(sidecar, dataset)))
    if not cells:
        raise DatasetError("no data set that is here fits any of the models")
    return cells


def _taught(sidecar: Sidecar, dataset: Dataset) -> bool:
    """Return whether a model was trained on these files, or on a union with them."""
    within = {f"{dataset.name}/{file}": d for file, d in dataset.hashes.items()}
    told = sidecar.hashes.items()
    return dataset.hashes == sidecar.hashes or within.items() <= told


def _named(
    names: Sequence[str], sidecars: Collection[Sidecar], data_dir: Path | None
) -> list[Dataset]:
    """Open the named data sets; folders with the models' classes."""
    classes = list(dict.fromkeys(sidecar.class_names for sidecar in sidecars))
    found: list[Dataset] = []
    for name in names:
        if is_folder(name):
            those = _of_folder(Path(name), classes, data_dir)
        else:
            those = [open_dataset(name=find(name).name, data_dir=data_dir)]
        if not any(s.fits(d.shape, d.classes) for s in sidecars for d in those):
            other = those[0]
            raise DatasetError(
                f"{other.title}, examples of {show_shape(other.shape)} in the classes "
                f"{', '.join(other.classes)}, fits none of the models"
            )
        found += those
    return _each_once(found)


def _each_once(datasets: Iterable[Dataset]) -> list[Dataset]:
    """Drop duplicates: data sets with the same files and classes as an earlier one."""
    known: dict[Hashable, Dataset] = {}
    for dataset in datasets:
        known.setdefault((tuple(dataset.hashes.items()), dataset.classes), dataset)
    return list(known.values())


def _of_folder(
    folder: Path, classes: Sequence[tuple[str, ...]], data_dir: Path | None
) -> list[Dataset]:
    """Open a folder; if it has no notes, once for each set of classes that fits."""
    if load_notes(folder) is not None:
        return [open_dataset(path=folder, data_dir=data_dir)]
    found, refused = [], None
    for names in classes:
        try:
            found.append(open_dataset(path=folder, classes=names, data_dir=data_dir))
        except DatasetError as error:
            refused = error
    if refused and not found:
        raise refused
    return found


def _installed(data_dir: Path | None, reporter: Reporter) -> list[Dataset]:
    """Open all installed data sets that can be opened."""
    found = []
    for status in all_statuses(data_dir):
        if status.state in ("missing", "damaged"):
            continue
        try:
            found.append(open_dataset(name=status.info.name, data_dir=data_dir))
        except DatasetError as error:
            reporter.warn(f"nothing is scored on {status.info.name}: {error}")
    return found


def _own(
    sidecars: Mapping[Path, Sidecar],
    data_dir: Path | None,
    reporter: Reporter,
) -> list[Dataset]:
    """Open the models' own data, if available."""
    found = []
    for model, sidecar in sidecars.items():
        try:
            check_known(model, sidecar.dataset)
            found.append(open_data(sidecar.config, data_dir))
        except DatasetError as error:
            reporter.warn(f"{model} is not scored on its own data: {error}")
    return found
