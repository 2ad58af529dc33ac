"""Checks before a training begins or resumes: errors and warnings."""

import contextlib
from pathlib import Path
from typing import Any

from beenet.config import Config, LoadedConfig, lint
from beenet.config.faults import FaultsError
from beenet.datasets import Dataset
from beenet.datasets.groups import too_few
from beenet.errors import ConfigError, NetworkError, RunError
from beenet.experiment.models import warn_of_changes
from beenet.experiment.schedule import same_rates
from beenet.network.saved import model_digest
from beenet.network.sidecar import read_sidecar
from beenet.reporter import Reporter
from beenet.runs.checkpoint import Checkpoint
from beenet.runs.find_model import find_model
from beenet.runs.folder import RunFolder
from beenet.runs.origin import Origin, StartModel
from beenet.runs.provenance import numeric_environment
from beenet.text.words import counted


def source_of(
    config: Config, start_from: Path | None, folder: RunFolder
) -> Path | None:
    """Return the saved model to begin with, which must not be in the run's folder.

    Args:
        config: the experiment, which may name one.
        start_from: one that the caller names.
        folder: the run's.

    Raises:
        ConfigError: both name one.
        RunError: it would be overwritten.
    """
    start = config.warm_start
    if start is not None and start_from is not None:
        raise ConfigError(
            f"the config begins with the weights of {start.model} (from:), --from "
            f"trains on from {start_from}; leave out one of them"
        )
    source = Path(start.model) if start else start_from
    if source is not None:
        place = source.resolve()
        if folder.path.resolve() in (place, place.parent):
            raise RunError(
                f"{source} lies in {folder.path}, where this run would be written; "
                "choose another folder with --run-dir"
            )
    return source


def check_config(
    loaded: LoadedConfig, dataset: Dataset, reporter: Reporter, *, warn_of_config: bool
) -> None:
    """Refuse what cannot be trained on the data; warn of probable mistakes.

    Args:
        loaded: the config.
        dataset: its data.
        reporter: receives the warnings.
        warn_of_config: whether to also warn of mistakes in the config itself.
    """
    findings = lint(loaded, dataset.shape, len(dataset.classes))
    errors = [f.fault for f in findings if f.severity == "error"]
    if errors:
        raise FaultsError(errors)
    for finding in findings if warn_of_config else ():
        reporter.warn(str(finding.fault))
    batch, n = loaded.config.training.batch_size, dataset.counts["train"]
    if batch > n:
        reporter.warn(
            f"training.batch_size {batch:,} is more than train has, {n:,}: an epoch is "
            "a single step"
        )
    for text in too_few(dataset.groups, dataset.counts):
        reporter.warn(text)
    if dataset.synthetic:
        reporter.warn(f"{dataset.title}: scores on synthetic data mean nothing")
    is_picture = dataset.recipe is not None and dataset.recipe.kind == "image"
    if is_picture and (peak := dataset.peak("train")) > 1:
        reporter.warn(
            f"{dataset.title}: values go up to {peak:.3g}, but `beenet predict` feeds "
            "pictures in 0..1; if these are pixels of 0..255, divide X by 255"
        )


def check_model(folder: RunFolder) -> None:
    """Refuse to treat a run as finished if its model is missing."""
    try:
        find_model(folder.path)
    except NetworkError:
        raise RunError(
            f"{folder.path} is finished, but its model is gone; --overwrite trains it "
            "again"
        ) from None


def check_resized(
    folder: RunFolder, begin: Checkpoint | None, config: Config, there: Any
) -> None:
    """Refuse a new number of epochs that the run's past epochs do not allow."""
    again = "choose another folder with --run-dir, or train it again with --overwrite"
    if begin is None:
        raise RunError(f"{folder.path} has no checkpoint to resume from; {again}")
    epochs, was = config.training.epochs, there["training"]["epochs"]
    soonest = begin.position.epoch + (begin.position.step > 0)
    if soonest > epochs:
        raise RunError(
            f"{folder.path} has come beyond {counted(epochs, 'epoch')}, to "
            f"{begin.position}; training.epochs={soonest} ends it soonest"
        )
    if not same_rates(config, begin.position, was):
        raise RunError(
            f"{folder.path} cannot be made {'longer' if epochs > was else 'shorter'}: "
            "its schedule depends on training.epochs: the epochs that are done would "
            f"have had other learning rates; {again}"
        )


def check_origin(
    folder: RunFolder, origin: Origin, dataset: Dataset, reporter: Reporter
) -> None:
    """Refuse to resume with other data; warn of what may change the last bits."""
    changed = [
        name
        for name in sorted({*origin.data, *dataset.hashes})
        if origin.data.get(name) != dataset.hashes.get(name)
    ]
    if changed:
        raise RunError(
            f"the data of {folder.path} have changed since it began "
            f"({', '.join(changed)}); put them back, choose another folder with "
            "--run-dir, or start over with --overwrite"
        )
    for package, now in numeric_environment().items():
        was = origin.versions.get(package, "unknown")
        if was != now:
            reporter.warn(
                f"{folder.path} began with {package} {was}, this is {now}: the last "
                "bits may differ from a run in one go"
            )


def check_begun_with(
    folder: RunFolder, began: StartModel | None, start_from: Path
) -> None:
    """Refuse to resume a run with another start model than it began with.

    The original one, identified by its path or by its hash, may no longer exist.
    """
    if began is not None:
        model = Path(began.model)
        if start_from in (model, model.parent):
            return
        with contextlib.suppress(NetworkError):
            if model_digest(find_model(start_from)) == began.sha256:
                return
    what = f"with {began.model}" if began else "without --from"
    raise RunError(
        f"{folder.path} began {what} and is not finished; leave --from out to go on, "
        "choose another folder with --run-dir, or start over with --overwrite"
    )


def warn_of_leaks(model: Path, dataset: Dataset, reporter: Reporter) -> None:
    """Warn if the start model was trained on an earlier version of these data."""
    with contextlib.suppress(NetworkError, ConfigError):  # its data are unknown
        sidecar = read_sidecar(model)
        warn_of_changes(model, sidecar, dataset, "test or valid", reporter.warn)
