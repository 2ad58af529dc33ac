"""The story of a training: a config becomes a trained, saved and scored network."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from beenet import files
from beenet.config import Config, LoadedConfig, dump_config, lint, plain
from beenet.config.faults import FaultsError
from beenet.datasets import SPLITS, Dataset, Split
from beenet.engine import (
    Plan,
    TrainLoop,
    available_devices,
    choose_device,
)
from beenet.engine.events import EventWriter
from beenet.errors import Interrupted, RunError
from beenet.experiment.checkpoint import (
    find_checkpoint,
    restore_checkpoint,
    save_checkpoint,
)
from beenet.experiment.class_weights import class_weights
from beenet.experiment.measures import columns, total
from beenet.experiment.parts import build_on, open_data, open_split, score_split
from beenet.experiment.reporter import Reporter
from beenet.experiment.schedule import set_learning_rate
from beenet.experiment.threads import plan_for
from beenet.history import Epoch, to_csv
from beenet.interrupts import HeldBack, interrupts_held_back
from beenet.metrics import Scores
from beenet.network.network import Network
from beenet.network.saved import restore_training, save_model
from beenet.network.sidecar import Sidecar, find_model, sidecar_path
from beenet.provenance import provenance, versions
from beenet.runs import MODEL, RunFolder, explained


def train(
    loaded: LoadedConfig,
    run_dir: Path,
    *,
    data_dir: Path | None = None,
    start_from: Path | None = None,
    overwrite: bool = False,
    reporter: Reporter,
) -> RunFolder:
    """Train, save and score what a config describes.

    A finished run of the same config is left as it is; an unfinished one goes on
    after its last whole epoch.

    Args:
        loaded: the config.
        run_dir: the folder to write.
        data_dir: where the data sets are installed; None for the usual place.
        start_from: a saved model whose weights and steps to begin with.
        overwrite: replace what the folder holds.
        reporter: who is told how it goes.

    Raises:
        BeenetError: it cannot be done; the folder is left as it was, or holds a
            checkpoint from which the same call goes on.
    """
    config = loaded.config
    dataset = open_data(config, data_dir)
    _check(loaded, dataset, reporter)
    model = find_model(start_from, MODEL) if start_from else None
    folder = RunFolder(run_dir)
    _refuse_own_model(folder, model)
    with folder.locked():
        text = dump_config(config)
        if overwrite:
            folder.clear()
        if folder.state() != "new":
            folder.check_same(plain(config))
        if folder.state() == "finished" and model is not None:
            raise RunError(
                f"{run_dir} is finished; to train on from {model}, choose another "
                "folder with --run-dir, or replace this one with --overwrite"
            )
        if folder.state() == "finished":
            reporter.note(f"{run_dir} is finished; --overwrite trains it again")
            return folder
        with _kept_only_if_of_use(folder, reporter):
            with explained(run_dir):
                files.write_text(folder.config, text)
            _train(config, dataset, folder, model, data_dir, reporter)
    return folder


def _refuse_own_model(folder: RunFolder, model: Path | None) -> None:
    """Refuse to train on from a model into the folder that it lies in."""
    if model is not None and model.parent.resolve() == folder.path.resolve():
        raise RunError(
            f"{model} lies in {folder.path}, where this run would be written; "
            "choose another folder with --run-dir"
        )


def _check(loaded: LoadedConfig, dataset: Dataset, reporter: Reporter) -> None:
    findings = lint(loaded, dataset.shape, len(dataset.classes))
    errors = [f.fault for f in findings if f.severity == "error"]
    if errors:
        raise FaultsError(errors)
    for finding in findings:
        reporter.warn(str(finding.fault))
    if dataset.synthetic:
        reporter.warn(f"{dataset.title}: scores on synthetic data mean nothing")


@contextlib.contextmanager
def _kept_only_if_of_use(folder: RunFolder, reporter: Reporter) -> Iterator[None]:
    """Leave nothing behind but a checkpoint to go on from."""
    try:
        yield
    except BaseException as error:
        reporter.end()
        checkpoint = files.existing_folder(folder.resume)
        if checkpoint is None:
            folder.clear()
        if isinstance(error, KeyboardInterrupt):
            kept = "the same command goes on after the last whole epoch"
            none = "no epoch was finished, nothing is kept"
            raise Interrupted(f"interrupted; {kept if checkpoint else none}") from None
        raise


@dataclass(frozen=True)
class _Run:
    """What the steps of one training share."""

    config: Config
    dataset: Dataset
    splits: dict[str, Split]
    folder: RunFolder
    network: Network
    device: str
    plan: Plan
    weights: tuple[float, ...] | None
    reporter: Reporter

    def score(self, split: str) -> Scores:
        return score_split(self.network, self.splits[split], self.dataset)


def _train(
    config: Config,
    dataset: Dataset,
    folder: RunFolder,
    start_from: Path | None,
    data_dir: Path | None,
    reporter: Reporter,
) -> None:
    started = time.time()
    checkpoint = find_checkpoint(folder)
    device = choose_device(config.training.device, available_devices())
    splits = {name: open_split(config, dataset, name) for name in SPLITS}
    plan = (
        Plan(**checkpoint.plan)
        if checkpoint
        else plan_for(config, dataset, splits["train"], device, data_dir)
    )
    count = f"{len(splits['train']):,} examples"
    threads = f"{plan.intra} thread{'' if plan.intra == 1 else 's'}"
    where = f"{device}, {threads}"
    reporter.note(f"{config.name}: {dataset.title}, {count}, on {where}")
    weights = class_weights(config, dataset, splits["train"])
    with build_on(config, dataset, device, plan, weights) as network:
        run = _Run(
            config, dataset, splits, folder, network, device, plan, weights, reporter
        )
        if checkpoint:
            restore_checkpoint(network, checkpoint)
            reporter.note(f"going on after epoch {len(checkpoint.history)}")
        elif start_from:
            restore_training(network, start_from, all_of_it=False)
            reporter.note(f"beginning with the weights of {start_from}")
        history = _fit(run, list(checkpoint.history) if checkpoint else [])
        with explained(folder.path):
            save_model(network, folder.model)
        scores = {name: run.score(name) for name in SPLITS}
    origin: dict[str, Any] = {"started": started, "from": str(start_from or "") or None}
    with explained(folder.path):
        _write_results(run, history, scores, origin)


def _fit(run: _Run, history: list[Epoch]) -> list[Epoch]:
    """Run the epochs that are left; after each, look at test and save a checkpoint."""
    training, train = run.config.training, run.splits["train"]
    loop = TrainLoop(
        run.network,
        train,
        batch_size=training.batch_size,
        seed=training.seed,
        shuffle=training.shuffle,
    )
    steps = -(-len(train) // training.batch_size)
    metric = run.config.metric
    shown = metric.shown if metric else None
    run.reporter.begin(training.epochs, steps, len(history), shown)
    with (
        contextlib.closing(EventWriter(run.folder.path)) as events,
        interrupts_held_back() as held,
    ):
        for epoch in range(len(history), training.epochs):
            started = time.perf_counter()
            rate = set_learning_rate(run.network, run.config, history)
            loss, measured = _run_epoch(run, loop, epoch, held)
            test = run.score("test")
            run.network.set_validation(test.loss, test.accuracy)
            row = Epoch(
                dataset=run.dataset.title,
                epoch=epoch + 1,
                step=(epoch + 1) * steps,
                train_loss=loss,
                test_loss=test.loss,
                test_accuracy=test.accuracy,
                seconds=round(time.perf_counter() - started, 3),
                **columns(run.config, measured, rate),
            )
            history = [*history, row]
            save_checkpoint(run.folder, run.network, history, asdict(run.plan))
            with explained(run.folder.path):
                files.write_text(run.folder.history, to_csv(history))
            events.write(row)
            run.reporter.epoch(row)
            held.check()
    run.reporter.end()
    return history


def _write_results(
    run: _Run, history: list[Epoch], scores: dict[str, Scores], origin: dict[str, Any]
) -> None:
    """Write what stands beside the model; metrics.json last, for it means finished."""
    folder, dataset, plan = run.folder, run.dataset, asdict(run.plan)
    sidecar = Sidecar(
        config=run.config,
        dataset=dataset.title,
        shape=dataset.shape,
        classes=dataset.classes,
        synthetic=dataset.synthetic,
        hashes=dataset.hashes,
        plan=plan,
        recipe=dataset.recipe,
    )
    files.write_text(sidecar_path(folder.model), sidecar.to_text(versions()))
    origin |= {
        "device": run.device,
        "threads": plan,
        "data": {"title": dataset.title, "sha256": dataset.hashes},
    }
    files.write_json(folder.provenance, provenance(origin))
    metrics = {
        "format": 1,
        "name": run.config.name,
        "dataset": dataset.title,
        "synthetic": dataset.synthetic,
        "seed": run.config.training.seed,
        "epochs": len(history),
        "steps": history[-1].step,
        "seconds": round(sum(row.seconds for row in history), 3),
        "splits": {name: score.to_json() for name, score in scores.items()},
    }
    if run.weights is not None:
        weights = zip(dataset.classes, run.weights, strict=True)
        metrics["class_weights"] = dict(weights)
    files.write_json(folder.metrics, metrics)
    files.remove_folder(folder.resume)


def _run_epoch(
    run: _Run, loop: TrainLoop, epoch: int, held: HeldBack
) -> tuple[float, float]:
    """Return the epoch's mean loss and metric over its examples."""
    seen, loss, measured = 0, 0.0, 0.0
    with contextlib.closing(loop.run_epoch(epoch)) as chunks:
        for chunk in chunks:
            # Every batch is full but the epoch's last.
            sizes = np.full(len(chunk.losses), run.config.training.batch_size)
            sizes[-1] -= sizes.sum() - chunk.n_examples
            seen += chunk.n_examples
            loss += float(chunk.losses.astype(np.float64) @ sizes)
            measured += total(run.config.metric, chunk.metrics, sizes)
            run.reporter.progress(epoch, chunk.step, loss / seen, measured / seen)
            held.check()
    return loss / seen, measured / seen
