"""What the shipped sweeps answer: each point's scores beside those of the best."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from beenet import shipped
from beenet.bench.figures import table
from beenet.config.sweep import load_sweep
from beenet.statistics import mean_interval
from beenet.sweep.trials import Trial, plan_trials


@dataclass(frozen=True)
class Question:
    """A sweep and what its finished trials score on valid."""

    name: str
    """Such as ``mnist_depth``."""
    epochs: int
    trials: int
    """How many there are, finished or not."""
    scores: Mapping[str, Mapping[int, float]]
    """Accuracy on valid by point and by seed."""


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
    scores: dict[str, dict[int, float]] = {}
    for trial in trials:
        if trial.folder.state() == "finished":
            scores.setdefault(trial.point, {})[trial.seed] = _valid(trial)
    epochs = max(trial.config.training.epochs for trial in trials)
    return Question(name, epochs, len(trials), scores)


def _valid(trial: Trial) -> float:
    return float(trial.folder.read_metrics()["splits"]["valid"]["accuracy"])


def question_table(question: Question) -> str:
    """Return a sweep's points, the best first, as Markdown.

    Against the best, scores are paired by their seeds: the mean difference, with
    Student's 95 % interval.
    """
    mean = {point: _mean(of) for point, of in question.scores.items()}
    order = sorted(mean, key=lambda point: (-mean[point], point))
    rows = [["point", "seeds", "valid", "lowest to highest", "against the best"]]
    for point in order:
        values = list(question.scores[point].values())
        rows.append(
            [
                point,
                str(len(values)),
                f"{100 * mean[point]:.2f} %",
                f"{100 * min(values):.2f} to {100 * max(values):.2f}",
                _against(question.scores[point], question.scores[order[0]]),
            ]
        )
    return table(rows)


def _against(scores: Mapping[int, float], best: Mapping[int, float]) -> str:
    if scores is best:
        return "best"
    paired = [100 * (scores[seed] - best[seed]) for seed in scores if seed in best]
    if len(paired) < 2:
        return ""
    mean, low, high = mean_interval(paired)
    return f"{mean:+.2f} ({low:+.2f} to {high:+.2f})"


def _mean(scores: Mapping[int, float]) -> float:
    return sum(scores.values()) / len(scores)
