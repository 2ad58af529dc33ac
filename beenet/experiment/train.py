"""Train, save and score the network of a config."""

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from beenet.config import Config, LoadedConfig, dump_config, plain
from beenet.config.differences import is_resized
from beenet.datasets import SPLITS, Dataset
from beenet.datasets.configured import open_data, open_split
from beenet.engine import available_devices, choose_device
from beenet.errors import BeenetError, Interrupted, RunError
from beenet.experiment.class_weights import class_weights
from beenet.experiment.diverged import explain_divergence
from beenet.experiment.fit import Fit
from beenet.experiment.parts import build_on
from beenet.experiment.preconditions import (
    check_begun_with,
    check_config,
    check_model,
    check_origin,
    check_resized,
    source_of,
    warn_of_leaks,
)
from beenet.experiment.results import write_results
from beenet.experiment.run import TrainingRun, new_origin, repeats_of, restore_state
from beenet.experiment.threads import cached_plan
from beenet.network.saved import model_digest, save_model
from beenet.network.sidecar import read_sidecar
from beenet.reporter import Reporter
from beenet.runs.checkpoint import Checkpoint, Checkpoints
from beenet.runs.find_model import find_model
from beenet.runs.folder import RunFolder
from beenet.runs.relocated import with_relocated_data
from beenet.system.interrupts import exit_code
from beenet.system.write_errors import explain_write_errors
from beenet.text.moments import moment
from beenet.tracking.mlflow import Tracker


def train(
    loaded: LoadedConfig,
    run_dir: Path,
    *,
    data_dir: Path | None = None,
    start_from: Path | None = None,
    overwrite: bool = False,
    reporter: Reporter,
    warn_of_config: bool = True,
) -> RunFolder:
    """Train, save and score what a config describes.

    A finished run of the same config is left as it is, or extended if the config has
    more epochs; an unfinished one resumes at its last checkpoint, and may end sooner
    than planned.

    Args:
        loaded: the config.
        run_dir: the folder to write.
        data_dir: where the data sets are installed; None for the usual place.
        start_from: a saved model whose weights and steps to begin with.
        overwrite: replace the folder's contents, as soon as there is something to
            replace them with.
        reporter: receives progress, notes and warnings.
        warn_of_config: warn of probable mistakes in the config; False if the caller
            has done so.

    Raises:
        BeenetError: training failed; the folder is unchanged, or contains a
            checkpoint from which the same call resumes.
    """
    config, folder = loaded.config, RunFolder(run_dir)
    if not overwrite and start_from is None and folder.is_finished_run_of(config):
        # Nothing is written. The data need not be here if the config has their classes.
        opening = partial(open_data, config, data_dir)
        return _left_as_it_is(folder, config, opening, reporter)
    dataset = open_data(config, data_dir)
    check_config(loaded, dataset, reporter, warn_of_config=warn_of_config)
    source = source_of(config, start_from, folder)
    # A run that was copied without its hidden files restarts: that loses nothing.
    with folder.locked(replacing=overwrite or folder.holds(dump_config(config))):
        folder.settle()
        state = "new" if overwrite else folder.state()
        there = None if state == "new" else folder.read_config()
        asked = plain(config)
        there = with_relocated_data(there, asked, folder, lambda: dataset.hashes)
        resized = is_resized(there, asked, finished=state == "finished")
        if there is not None and not resized:
            folder.check_same(asked, there)
        if state == "finished" and start_from is not None:
            raise RunError(
                f"{run_dir} is finished; to train on from {start_from}, choose another "
                "folder with --run-dir, or replace this one with --overwrite"
            )
        if state == "finished" and not resized:
            return _left_as_it_is(folder, config, lambda: dataset, reporter)
        store = Checkpoints(folder, replaces=resized)
        begin = None if state == "new" else store.newest(reporter.warn)
        if resized:
            check_resized(folder, begin, config, there)
        elif begin is None:
            store = Checkpoints(folder, replaces=True)
        if begin:
            check_origin(folder, begin.origin, dataset, reporter)
            if start_from is not None:
                check_begun_with(folder, begin.origin.source, start_from)
        model = find_model(source) if source and begin is None else None
        if model is not None:
            warn_of_leaks(model, dataset, reporter)
        with _what_was_kept(folder, store, reporter, overwrite):
            _train(config, dataset, folder, store, begin, model, data_dir, reporter)
    return folder


def _left_as_it_is(
    folder: RunFolder,
    config: Config,
    opening: Callable[[], Dataset],
    reporter: Reporter,
) -> RunFolder:
    """Report that a run is finished, and whether its data have changed since.

    Args:
        folder: the run's.
        config: the run's.
        opening: opens its data, if they are here.
        reporter: receives the note and the warning.
    """
    check_model(folder)
    reporter.note(f"{folder.path} is finished; --overwrite trains it again")
    with contextlib.suppress(BeenetError):  # the data are not here, or unknown
        dataset = opening()
        if read_sidecar(folder.model).hashes != dataset.hashes:
            reporter.warn(f"{dataset.title} has changed since it was trained")
    if config.tracking:
        tracker = Tracker(config.tracking, config, folder, reporter.warn)
        tracker.end("FINISHED")
    return folder


@contextlib.contextmanager
def _what_was_kept(
    folder: RunFolder, store: Checkpoints, reporter: Reporter, overwrite: bool
) -> Iterator[None]:
    """Report what an interrupt left; discard a run that has no checkpoint yet."""
    try:
        yield
    except BaseException as error:
        reporter.end()
        if not store.began:
            folder.discard_staged()
        if isinstance(error, KeyboardInterrupt):
            kept = f"at {store.latest}; the same command resumes from there"
            if overwrite:
                kept += " (without --overwrite, which starts over)"
            none = "before the first step was done; nothing is kept"
            if overwrite and folder.state() != "new":
                none = "before the first step was done; what was there is as it was"
            raise Interrupted(
                f"interrupted {kept if store.latest else none}", exit_code(error)
            ) from None
        raise


@contextlib.contextmanager
def _end_told(tracker: Tracker | None, store: Checkpoints) -> Iterator[None]:
    """Report the end of a training to the tracker; a failure only if it has begun."""
    try:
        yield
    except BaseException as error:
        if tracker and store.began:
            tracker.end("KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED")
        raise
    if tracker:
        tracker.end("FINISHED")


def _train(
    config: Config,
    dataset: Dataset,
    folder: RunFolder,
    store: Checkpoints,
    begin: Checkpoint | None,
    model: Path | None,
    data_dir: Path | None,
    reporter: Reporter,
) -> None:
    device = choose_device(config.training.device, available_devices())
    splits = {name: open_split(config, dataset, name) for name in SPLITS}
    if begin:
        origin = begin.origin
        plan = origin.plan
        if device != origin.device:
            reporter.warn(
                f"{folder.path} began on {origin.device}, this is {device}: the "
                "last bits may differ from a run in one go"
            )
    else:
        plan = cached_plan(config, dataset, splits["train"], device, data_dir)
        origin = new_origin(dataset, plan, device, model)
    count = f"{len(splits['train']):,} examples"
    reporter.note(f"{config.name}: {dataset.title}, {count}, on {device}, {plan}")
    weights = class_weights(config, dataset, splits["train"])
    tracker = None
    if config.tracking:
        tracker = Tracker(
            config.tracking,
            config,
            folder,
            reporter.warn,
            started=moment(origin.started),
            repeats=repeats_of(config, dataset, origin),
        )
    with (
        _end_told(tracker, store),
        build_on(config, dataset, device, plan, weights) as network,
    ):
        run = TrainingRun(
            config=config,
            dataset=dataset,
            splits=splits,
            folder=folder,
            network=network,
            device=device,
            plan=plan,
            weights=weights,
            origin=origin,
            reporter=reporter,
            tracker=tracker,
        )
        if said := restore_state(run, begin):
            reporter.note(said)
        fit = Fit(run, store, begin)
        with contextlib.closing(fit.events):
            with explain_divergence(
                run, lambda: store.newest(reporter.warn) if store.began else begin
            ):
                fit.run()
            last = {}  # empty: the saved model's, except with save_best
            if fit.best:
                last = network.values()
                network.set_values(fit.best[1])
                fit.looked.clear()
            with explain_write_errors(folder.path):
                save_model(network, folder.model)
                cost = {"saved": fit.saves, "seconds": round(fit.saving, 3)}
                write_results(run, fit.position.history, cost, fit.events, fit.looked)
        store.finish(fit.checkpoint(last, model_digest(folder.model)))
