"""Write the result files of a finished run."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from beenet.experiment.run import TrainingRun, repeats_of
from beenet.experiment.stopping import best_epoch, stopped_early
from beenet.network.sidecar import Sidecar, sidecar_path
from beenet.registry import SPLITS
from beenet.runs.history import Epoch
from beenet.runs.metrics_file import RunMetrics
from beenet.runs.provenance import provenance, versions
from beenet.scores.metrics import Scores
from beenet.scores.outcomes import Outcomes, to_bytes
from beenet.system import files
from beenet.tracking.tensorboard import EventWriter


def write_results(
    run: TrainingRun,
    history: Sequence[Epoch],
    checkpoints: dict[str, float],
    events: EventWriter,
    looked: Mapping[str, tuple[Scores, Outcomes]],
) -> None:
    """Score every split; write sidecar, provenance, outcomes, pictures, metrics.json.

    metrics.json is written last, because it marks the run as finished.

    Args:
        run: what was trained.
        history: its epochs.
        checkpoints: how many this process saved, and the seconds that they took.
        events: the event file, which also receives the scores.
        looked: results of splits that were already scored with the current weights.

    Raises:
        OSError: the disk is full or read-only.
    """
    folder, dataset = run.folder, run.dataset
    scored = {name: looked.get(name) or run.score(name) for name in SPLITS}
    scores = {name: found for name, (found, _) in scored.items()}
    outcomes = {name: found for name, (_, found) in scored.items()}
    sidecar = Sidecar(
        config=run.config,
        dataset=dataset.title,
        shape=dataset.shape,
        classes=dataset.classes,
        synthetic=dataset.synthetic,
        hashes=dataset.hashes,
        plan=run.plan,
        recipe=dataset.recipe,
        peak=dataset.peak("train"),
    )
    files.write_text(sidecar_path(folder.model), sidecar.to_text(versions()))
    files.write_json(
        folder.provenance,
        provenance(
            {
                "started": run.origin.started,
                "from": run.origin.source and run.origin.source.model_dump(),
                "device": run.device,
                "threads": asdict(run.plan),
                "checkpoints": checkpoints,
                "data": {"title": dataset.title, "sha256": dataset.hashes},
            }
        ),
    )
    files.write_bytes(folder.outcomes, to_bytes(outcomes))
    _draw(run, history, scores)
    metrics = _metrics(run, history, scores)
    events.finish(history[-1].step, metrics.final_scores())
    files.write_json(folder.metrics, metrics.to_json())


def _draw(
    run: TrainingRun, history: Sequence[Epoch], scores: dict[str, Scores]
) -> None:
    """Draw the curves, and the confusion matrix of valid."""
    from beenet.drawing.confusion import confusion
    from beenet.drawing.curves import curves

    name, dataset = run.config.name, run.dataset
    best = best_epoch(history, run.config.training.save_best or "accuracy")
    files.write_bytes(
        run.folder.curves,
        curves(
            name,
            history,
            best=best,
            baseline=scores["test"].baseline,
            synthetic=dataset.synthetic,
        ),
    )
    files.write_bytes(
        run.folder.confusion,
        confusion(
            name,
            dataset.title,
            "valid",
            scores["valid"],
            synthetic=dataset.synthetic,
        ),
    )


def _metrics(
    run: TrainingRun, history: Sequence[Epoch], scores: dict[str, Scores]
) -> RunMetrics:
    training, stopped, best, weights = run.config.training, None, None, None
    if training.early_stopping:
        cut = len(history) < training.epochs
        stopped = cut and stopped_early(history, training)
    if training.save_best:
        best = best_epoch(history, training.save_best)
    if run.weights is not None:
        weights = dict(zip(run.dataset.classes, run.weights, strict=True))
    return RunMetrics(
        name=run.config.name,
        but_for_seed=repeats_of(run.config, run.dataset, run.origin),
        dataset=run.dataset.title,
        data=run.dataset.digest,
        synthetic=run.dataset.synthetic,
        seed=training.seed,
        epochs=len(history),
        steps=history[-1].step,
        seconds=round(sum(row.seconds for row in history), 3),
        stopped_early=stopped,
        best_epoch=best,
        class_weights=weights,
        splits=scores,
    )
