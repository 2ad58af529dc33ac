"""Score a saved model on a split."""

from collections.abc import Callable, Mapping
from pathlib import Path

from beenet.config import Config
from beenet.config.model import DatasetConfig
from beenet.datasets.configured import open_data, open_split
from beenet.datasets.opening import is_folder
from beenet.engine import available_devices, choose_device, requested_plan
from beenet.errors import DatasetError
from beenet.experiment.models import check_data, check_known
from beenet.experiment.parts import build_on, score_split
from beenet.network.saved import restore_weights
from beenet.network.sidecar import Sidecar, read_sidecar
from beenet.registry import REGISTRY, find
from beenet.runs.find_model import find_model
from beenet.runs.folder import RunFolder
from beenet.runs.looks import Look, note_look
from beenet.scores.metrics import Evaluation


def evaluate(
    path: Path,
    *,
    split: str = "valid",
    dataset_name: str | None = None,
    config: Config | None = None,
    names: Mapping[str, str] | None = None,
    data_dir: Path | None = None,
    device: str = "auto",
    warn: Callable[[str], None] = lambda _: None,
) -> Evaluation:
    """Score a saved model.

    Args:
        path: a run folder, a `.tfl` prefix, or any one file of the model.
        split: ``train``, ``test`` or ``valid``.
        dataset_name: another registered data set than the model's own, or a folder
            of six pickles with the same classes.
        config: describes a model that has no sidecar.
        names: layers or variables named differently in the file and in the config, the
            file's name first.
        data_dir: where the data sets are installed; None for the usual place.
        device: as in a config.
        warn: called with warnings about the validity of the score.
    """
    prefix = find_model(path)
    sidecar = None if config else read_sidecar(prefix)
    trained = config or sidecar.config  # type: ignore[union-attr]
    wanted = trained
    if dataset_name:
        other = _other(dataset_name, trained, sidecar)
        wanted = trained.model_copy(update={"dataset": other})
    elif sidecar:
        check_known(prefix, sidecar.dataset)
    try:
        dataset = open_data(wanted, data_dir)
    except DatasetError as error:
        place = wanted.dataset.path
        if dataset_name or place is None or Path(place).exists():
            raise
        raise DatasetError(f"{error}; --dataset says where the data are now") from None
    if sidecar:
        check_data(prefix, sidecar, dataset, split, warn)
    plan = sidecar.plan if sidecar else requested_plan(trained.training.threads)
    where = choose_device(device, available_devices())
    examples = open_split(trained, dataset, split)
    with build_on(trained, dataset, where, plan) as network:
        restore_weights(network, prefix, names)
        scores, _ = score_split(network, trained, examples, dataset)
    look = Look(dataset.title, split, dataset.digest)
    note_look(RunFolder(prefix.parent), look, warn)
    return Evaluation(str(prefix), dataset.title, dataset.synthetic, split, scores)


def _other(wanted: str, trained: Config, sidecar: Sidecar | None) -> DatasetConfig:
    """Return the data set of this name, or of a folder with the model's classes."""
    if not is_folder(wanted):
        return DatasetConfig.model_validate({"name": find(wanted).name})
    classes = sidecar.class_names if sidecar else trained.dataset.classes
    if not classes and trained.dataset.name:
        classes = REGISTRY[trained.dataset.name].classes
    return DatasetConfig.model_validate(
        {"path": wanted, "classes": list(classes or ())}
    )
