"""The scores of a sweep's finished trials, per point."""

import statistics
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from beenet.runs.metrics_file import RunMetrics
from beenet.sweep.trials import Trial


@dataclass(frozen=True)
class Spread:
    """A score over seeds."""

    mean: float
    deviation: float | None
    """Sample standard deviation; None for a single seed."""
    lowest: float
    highest: float


@dataclass(frozen=True)
class PointScores:
    """The scores of a point, over its seeds."""

    point: str
    seeds: tuple[int, ...]
    """Those of finished trials."""
    failed_seeds: tuple[int, ...]
    """Those of failed trials."""
    asked: int
    """The number of seeds that were asked for."""
    dataset: str
    """The data's title, which contains *synthetic* if they are."""
    data: str | None
    """A digest of the data's files; None for runs of an older beenet."""
    synthetic: bool
    epochs: float
    """The mean over the trials."""
    seconds: float
    """The mean over the trials."""
    test: Spread
    """Accuracy on test; points are sorted by its mean."""
    valid: Spread
    """Accuracy on valid, which is held out: never used for selection."""
    test_baseline: float
    """Accuracy of always predicting the most common class."""
    valid_baseline: float

    def to_json(self) -> dict[str, Any]:
        """Return plain data, with numbers at full precision."""
        return asdict(self)


def point_scores(
    trials: Iterable[Trial], failed: Collection[str] = ()
) -> list[PointScores]:
    """Return the scores of each point that has a finished trial, best on test first.

    A point whose seeds were trained on different data is listed once for each of them.

    Args:
        trials: all of the sweep.
        failed: the names of those that failed.

    Raises:
        RunError: a run's metrics cannot be read.
    """
    points: dict[str, list[Trial]] = {}
    runs: dict[tuple[str, str], list[tuple[int, RunMetrics]]] = {}
    for trial in trials:
        points.setdefault(trial.point, []).append(trial)
        if trial.folder.state() == "finished":
            metrics = trial.folder.read_metrics()
            # The same bytes are the same data, whatever their folder is called.
            key = trial.point, metrics.data or metrics.dataset
            runs.setdefault(key, []).append((trial.seed, metrics))
    titles: dict[str, str] = {}
    for (_, data), of in runs.items():
        titles.setdefault(data, of[0][1].dataset)
    scores = [
        _scores(points[point], sorted(of, key=_seed), failed, titles[data])
        for (point, data), of in runs.items()
    ]
    return sorted(scores, key=lambda score: (-score.test.mean, score.point))


def _seed(run: tuple[int, RunMetrics]) -> int:
    return run[0]


def _scores(
    trials: Sequence[Trial],
    runs: Sequence[tuple[int, RunMetrics]],
    failed: Collection[str],
    title: str,
) -> PointScores:
    """Return the scores of a point: all its trials, and the runs that finished."""
    metrics = [run for _, run in runs]
    return PointScores(
        point=trials[0].point,
        seeds=tuple(seed for seed, _ in runs),
        failed_seeds=tuple(sorted(t.seed for t in trials if t.name in failed)),
        asked=len(trials),
        dataset=title,
        data=metrics[0].data,
        synthetic=any(run.synthetic for run in metrics),
        epochs=statistics.fmean(run.epochs for run in metrics),
        seconds=statistics.fmean(run.seconds for run in metrics),
        test=_spread([run.splits["test"].accuracy for run in metrics]),
        valid=_spread([run.splits["valid"].accuracy for run in metrics]),
        test_baseline=metrics[0].splits["test"].baseline,
        valid_baseline=metrics[0].splits["valid"].baseline,
    )


def _spread(values: Sequence[float]) -> Spread:
    deviation = statistics.stdev(values) if len(values) > 1 else None
    return Spread(statistics.fmean(values), deviation, min(values), max(values))
