"""What the shipped sweeps answer: each point's scores beside those of the best."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from beenet import shipped
from beenet.config.sweep import load_sweep
from beenet.runs.metrics_file import RunMetrics
from beenet.scores.statistics import mean_interval
from beenet.sweep.trials import plan_trials
from beenet.text.markdown import md_table


@dataclass(frozen=True)
class Question:
    """A sweep and what its finished trials score on valid."""

    name: str
    """Such as ``mnist_depth``."""
    data: str
    """The title of the data set, which says where it is a stand-in."""
    epochs: int
    trials: int
    """How many there are, finished or not."""
    scores: Mapping[str, Mapping[int, float]]
    """Accuracy on valid by point and by seed."""
    seconds: Mapping[str, float]
    """What a training took, on average, by point."""


def read_question(name: str, runs: Path) -> Question:
    """Return what is finished of a shipped sweep.

    Args:
        name: of the sweep, without ``sweeps/``.
        runs: the folder of runs.

    Raises:
        BeenetError: a run's files cannot be read.
    """
    sweep, document = load_sweep(shipped.folder() / "sweeps" / f"{name}.yaml")
    trials, _ = plan_trials(sweep, document, runs)
    done = [trial for trial in trials if trial.folder.state() == "finished"]
    found: dict[str, dict[int, RunMetrics]] = {}
    for trial in done:
        found.setdefault(trial.point, {})[trial.seed] = trial.folder.read_metrics()
    every = [metrics for of in found.values() for metrics in of.values()]
    return Question(
        name=name,
        data=", ".join(sorted({metrics.dataset for metrics in every})),
        epochs=max((metrics.epochs for metrics in every), default=0),
        trials=len(trials),
        scores={
            point: {
                seed: metrics.splits["valid"].accuracy for seed, metrics in of.items()
            }
            for point, of in found.items()
        },
        seconds={
            point: fmean([metrics.seconds for metrics in of.values()])
            for point, of in found.items()
        },
    )


def question_table(question: Question) -> str:
    """Return a sweep's points, the best first, as Markdown.

    Against the best, scores are paired by their seeds: the mean difference, with
    Student's 95 % interval.
    """
    mean = {point: fmean(of.values()) for point, of in question.scores.items()}
    order = sorted(mean, key=lambda point: (-mean[point], point))
    head = ["point", "seeds", "seconds", "valid", "lowest to highest"]
    rows = [[*head, "against the best"]]
    for point in order:
        values = list(question.scores[point].values())
        rows.append(
            [
                point,
                str(len(values)),
                f"{question.seconds[point]:,.1f}",
                f"{100 * mean[point]:.2f} %",
                f"{100 * min(values):.2f} to {100 * max(values):.2f}",
                _against(question.scores[point], question.scores[order[0]]),
            ]
        )
    return md_table(rows)


def _against(scores: Mapping[int, float], best: Mapping[int, float]) -> str:
    if scores is best:
        return "best"
    paired = [100 * (scores[seed] - best[seed]) for seed in scores if seed in best]
    if len(paired) < 2:
        return ""
    mean, low, high = mean_interval(paired)
    return f"{mean:+.2f} ({low:+.2f} to {high:+.2f})"
