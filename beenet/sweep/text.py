"""A sweep as text: its leaderboard, its plan, its failures."""

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path

from beenet.report.columns import columns
from beenet.report.text import SYNTHETIC
from beenet.sweep.dry_run import GridPlan, SearchPlan
from beenet.sweep.results import PointScores, Spread
from beenet.text.moments import clock
from beenet.text.terminal import printable_line
from beenet.text.words import counted, distinct, error_line, size

NOTE = (
    "mean +- standard deviation over seeds; sorted by test, not chosen by valid;\n"
    "baseline: always naming the commonest class of the split before it"
)


_PARTS = (3, 2, 2)
"""Columns that stay together in a narrow terminal: each split with its baseline."""


def leaderboard(scores: Sequence[PointScores]) -> list[list[str]]:
    """Return the rows of a sweep's table, the header first."""
    scores_of = ["test acc", "baseline", "valid acc", "baseline"]
    return [
        ["point", "seeds", "epochs", "seconds", *scores_of],
        *(
            [
                score.point,
                _seeds(score),
                f"{score.epochs:g}",
                f"{score.seconds:.1f}",
                _spread(score.test),
                f"{score.test_baseline:.4f}",
                _spread(score.valid),
                f"{score.valid_baseline:.4f}",
            ]
            for score in scores
        ),
    ]


def table_text(scores: Sequence[PointScores], width: int | None = None) -> str:
    """Return a sweep's table, with notes on how to read it.

    Args:
        scores: of its points.
        width: the maximum line length of a table; None for no limit.
    """
    notes = [NOTE]
    if any(score.synthetic for score in scores):
        notes.append(SYNTHETIC)
    by_data: dict[str, list[PointScores]] = {}
    titles: dict[str, Hashable] = {}
    for score in scores:
        title = distinct(score.dataset, score.data, titles)
        by_data.setdefault(title, []).append(score)
    parts = []
    for title, there in by_data.items():
        table = columns(leaderboard(there), width=width, parts=_PARTS)
        # Scores on different data cannot be compared.
        parts.append(f"{printable_line(title)}\n{table}" if len(by_data) > 1 else table)
    return "\n\n".join([*parts, "\n".join(notes)])


def _seeds(score: PointScores) -> str:
    """Return the number of seeds, and of how many if some failed or are missing."""
    there = len(score.seeds)
    return str(there) if there == score.asked else f"{there} of {score.asked}"


def _spread(spread: Spread) -> str:
    if spread.deviation is None:
        return f"{spread.mean:.4f}"
    return f"{spread.mean:.4f} +- {spread.deviation:.4f}"


def plan_text(plan: GridPlan | SearchPlan, width: int | None = None) -> str:
    """Return a plan and its cost as text.

    Args:
        plan: the plan.
        width: the maximum line length of a table; None for no limit.
    """
    if isinstance(plan, SearchPlan):
        return _search_text(plan, width)
    return _points_text(plan, width)


def _points_text(plan: GridPlan, width: int | None) -> str:
    """Return the plan of a matrix, per point."""
    rows = [["point", "trials", "to do", "ms/step", "time", "memory"]]
    total = longest = 0.0
    for cost in plan.costs:
        each = cost.measured
        seconds = each.seconds(cost.epochs, cost.todo) if each else 0.0
        total += seconds
        longest = max(longest, seconds / max(1, cost.todo))
        rows.append(
            [
                cost.point,
                str(cost.trials),
                str(cost.todo),
                f"{each.seconds_per_step * 1000:.2f}" if each else "-",
                clock(seconds),
                size(each.bytes) if each and each.bytes else "-",
            ]
        )
    notes = [f"{point}: {error_line(text)}" for point, text in plan.faults.items()]
    if notes or plan.stopped:
        notes.append("what was not measured is not in the time below")
    return "\n".join(
        [
            columns(rows, width=width),
            "",
            *notes,
            f"about {clock(max(longest, total / plan.jobs))} with {plan.jobs} at a "
            "time, from a short measurement of each point; drawing is not included",
            "memory: of one trial, with TensorFlow itself, which trials share",
        ]
    )


def _search_text(plan: SearchPlan, width: int | None) -> str:
    """Return the space of a search, and the least and the greatest cost."""
    rows = [["at the ends of the space", "ms/step", "time of a trial", "memory"]]
    times = []
    for point, cost in plan.ends.items():
        times.append(cost.seconds(plan.epochs))
        rows.append(
            [
                point,
                f"{cost.seconds_per_step * 1000:.2f}",
                clock(times[-1]),
                size(cost.bytes) if cost.bytes else "-",
            ]
        )
    left = max(0, plan.trials - plan.done)
    space = [["key", "is drawn from"], *map(list, plan.space.items())]
    lines = [columns(space, left=2, width=width), ""]
    lines += [columns(rows, width=width), ""] if times else []
    lines += [f"{point}: {error_line(text)}" for point, text in plan.faults.items()]
    lines += [
        f"{counted(plan.trials, 'trial')} of {counted(plan.epochs, 'epoch')}, "
        f"{plan.done} of them over"
    ]
    if times:
        rounds = max(min(1, left), left / plan.jobs)
        least, most = (clock(end * rounds) for end in (min(times), max(times)))
        lines += [
            f"about {least} to {most} with {plan.jobs} at a time"
            + (f"; {plan.prune} pruning takes off" if plan.prune else "")
        ]
    return "\n".join(lines)


def failures_text(reasons: Mapping[str, str], folder: Path) -> str:
    """Return which trials failed, and what to do."""
    lines = [f"  {trial}: {error_line(text)}" for trial, text in reasons.items()]
    count = f"{counted(len(lines), 'trial')} failed"
    return "\n".join(
        [
            f"{count}, see {folder / 'failed.json'}; --retry-failed tries again:",
            *lines,
        ]
    )
