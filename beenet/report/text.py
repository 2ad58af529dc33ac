"""Scores as text: no accuracy without its baseline, no number without its split."""

from collections.abc import Sequence
from typing import Protocol

from beenet.report.columns import columns
from beenet.runs.folder import RunFolder
from beenet.runs.metrics_file import RunMetrics
from beenet.scores.metrics import Evaluation, Scores
from beenet.text.terminal import printable_line
from beenet.text.words import counted

BASELINE = "baseline: always naming the split's commonest class"
"""The note below every table with a baseline."""
SYNTHETIC = "synthetic data: scores mean nothing"
"""The note below every table with synthetic data."""
_SPLIT_NOTES = {"train": "fitted", "test": "watched", "valid": "held out"}


def run_text(folder: RunFolder) -> str:
    """Return the scores of a finished run and where its files are.

    Raises:
        RunError: its metrics cannot be read.
    """
    metrics = folder.read_metrics()
    rows = [["split", "", "n", "accuracy", "95% interval", "baseline", "loss"]]
    for split, scores in metrics.splits.items():
        rows.append([split, _SPLIT_NOTES[split], *score_cells(scores)])
    epochs, steps = counted(metrics.epochs, "epoch"), counted(metrics.steps, "step")
    verdicts = [
        f"{split}: {no_better(scores)} always naming {scores.majority}"
        for split, scores in metrics.splits.items()
        if not beats_baseline(scores)
    ]
    return "\n".join(
        [
            printable_line(f"{metrics.name}: {metrics.dataset}")
            + f", {epochs}, {steps}, {metrics.seconds:.1f} s",
            *_ending(metrics),
            "",
            columns(rows, left=2),
            "",
            *map(printable_line, verdicts),
            BASELINE,
            printable_line(f"model:    {folder.model}"),
            printable_line(f"metrics:  {folder.metrics}"),
        ]
    )


def _ending(metrics: RunMetrics) -> list[str]:
    """Return lines about early stopping, and about an epoch that was saved as best."""
    lines = []
    if metrics.stopped_early:
        lines.append("stopped early: test was no better for as long as patience goes")
    if (best := metrics.best_epoch) and best != metrics.epochs:
        lines.append(f"kept: the weights of epoch {best}, the best on test")
    return lines


def score_cells(scores: Scores) -> list[str]:
    """Return n, accuracy, its interval, its baseline and the loss, as text."""
    return [
        f"{scores.n:,}",
        f"{scores.accuracy:.5f}",
        interval_text(scores.interval),
        f"{scores.baseline:.5f}",
        f"{scores.loss:.5f}",
    ]


def interval_text(interval: Sequence[float]) -> str:
    """Return an interval of two shares as text."""
    low, high = interval
    return f"{low:.4f}-{high:.4f}"


class Judged(Protocol):
    """An accuracy, its interval and its baseline."""

    @property
    def accuracy(self) -> float:
        """A share."""

    @property
    def interval(self) -> tuple[float, float]:
        """The accuracy's 95 % interval."""

    @property
    def baseline(self) -> float:
        """Accuracy of always predicting the most common class."""


def beats_baseline(scores: Judged) -> bool:
    """Return whether even the interval's lower end is above the baseline."""
    return scores.interval[0] > scores.baseline


def no_better(scores: Judged) -> str:
    """Return how a score that does not beat its baseline compares with it."""
    return f"{_clearly(scores)} better than"


def _clearly(scores: Judged) -> str:
    return "not clearly" if scores.accuracy > scores.baseline else "no"


def evaluation_text(evaluation: Evaluation) -> str:
    """Return one model's scores on one split, in total and by class."""
    scores = evaluation.scores
    interval = interval_text(scores.interval)
    verdict = ""
    if not beats_baseline(scores):
        is_worse = scores.interval[1] < scores.baseline
        verdict = (
            ", which is better" if is_worse else f", which is {_clearly(scores)} worse"
        )
    split = f"{evaluation.dataset} {evaluation.split} ({counted(scores.n, 'example')})"
    rows = [["class", "true", "predicted", "precision", "recall", "f1"]]
    for score in scores.classes:
        shares = (score.precision, score.recall, score.f1)
        counts = [f"{score.support:,}", f"{score.predicted:,}"]
        rows.append([score.name, *counts, *map(_share, shares)])
    names = [score.name for score in scores.classes]
    confusion = [["true \\ predicted", *names]]
    for name, row in zip(names, scores.confusion, strict=True):
        confusion.append([name, *(f"{count:,}" for count in row)])
    return "\n".join(
        [
            printable_line(f"{evaluation.model} on {split}"),
            "",
            f"accuracy  {scores.accuracy:.5f}  (95% interval {interval})",
            f"baseline  {scores.baseline:.5f}  (always {scores.majority}{verdict})",
            f"loss      {scores.loss:.5f}",
            "",
            columns(rows),
            "",
            columns(confusion),
            *(["", SYNTHETIC] if evaluation.synthetic else []),
        ]
    )


def _share(value: float | None) -> str:
    """Return a share as text; a dash if there was nothing to count."""
    return "-" if value is None else f"{value:.4f}"
