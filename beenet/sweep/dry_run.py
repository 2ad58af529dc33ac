"""Plan a sweep without training: its points, the remaining trials, their cost."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from beenet.config.sweep import Sweep
from beenet.config.yaml_text import Document
from beenet.sweep.data_sets import DataSets
from beenet.sweep.display import show_measuring
from beenet.sweep.finished import finished
from beenet.sweep.local import LocalExecutor, shares
from beenet.sweep.measure import Measurements, measure
from beenet.sweep.search import OptunaSource
from beenet.sweep.task import CostEstimate
from beenet.sweep.trials import Trial, plan_trials


@dataclass(frozen=True)
class Cost:
    """The cost of a point."""

    point: str
    trials: int
    todo: int
    """The number of unfinished trials."""
    epochs: int
    """Their total number of epochs; partly trained ones are counted whole."""
    measured: CostEstimate | None
    """Measured on one of them; None if that failed, or if all are finished."""


@dataclass(frozen=True)
class GridPlan:
    """The plan of a sweep with a matrix."""

    costs: tuple[Cost, ...]
    faults: dict[str, str]
    """Why a point could not be measured."""
    jobs: int
    """Trials at a time."""
    stopped: int | None = None
    """The exit code of the signal that ended the measurements early."""


@dataclass(frozen=True)
class SearchPlan:
    """The plan of a search, whose space is known, but not its points."""

    space: dict[str, str]
    """The range or list of each key, as text."""
    trials: int
    done: int
    """The number of trials that have ended."""
    epochs: int
    """Per trial."""
    prune: str | None
    """The pruning method, if any."""
    ends: dict[str, CostEstimate]
    """The cost of trials at the ends of the space, by point."""
    faults: dict[str, str]
    """Why one could not be measured."""
    jobs: int
    """Trials at a time."""
    stopped: int | None = None
    """The exit code of the signal that ended the measurements early."""


def dry_search(
    source: OptunaSource,
    jobs: int | None,
    data_dir: Path | None,
    *,
    quiet: bool = False,
) -> SearchPlan:
    """Check a search, and measure trials at the ends of its space.

    Args:
        source: the search, not opened.
        jobs: trials at a time; None for one on each core.
        data_dir: where the data sets are installed; None for the usual place.
        quiet: show no progress.
    """
    done = source.done()
    jobs, threads = shares(jobs, source.search.trials - done)
    found = _measure(source.space.ends, threads, data_dir, quiet)
    by_point = {trial.name: trial.point for trial in source.space.ends}
    return SearchPlan(
        source.space.in_words(),
        source.search.trials,
        done,
        source.epochs,
        source.search.prune,
        {by_point[name]: cost for name, cost in found.costs.items()},
        {by_point[name]: text for name, text in found.faults.items()},
        jobs,
        found.stopped,
    )


def _measure(
    trials: list[Trial], threads: int, data_dir: Path | None, quiet: bool
) -> Measurements:
    with (
        tempfile.TemporaryDirectory() as logs,
        show_measuring(len(trials), quiet) as tell,
    ):
        return measure(trials, LocalExecutor(1, threads, Path(logs)), data_dir, tell)


def dry_run(
    sweep: Sweep,
    document: Document,
    runs: Path,
    jobs: int | None,
    data_dir: Path | None,
    overrides: Iterable[str] = (),
    *,
    quiet: bool = False,
) -> GridPlan:
    """Check a sweep with a matrix, and measure one trial of each point.

    Args:
        sweep: the sweep.
        document: its file, for error positions.
        runs: the folder of runs.
        jobs: trials at a time; None for one on each core.
        data_dir: where the data sets are installed; None for the usual place.
        overrides: ``-o`` flags for the base config.
        quiet: show no progress.
    """
    trials, _ = plan_trials(sweep, document, runs, overrides)
    done = finished(trials, DataSets(data_dir))
    points: dict[str, list[Trial]] = {}
    for trial in trials:
        points.setdefault(trial.point, []).append(trial)
    todo = {
        point: [trial for trial in of if trial.name not in done]
        for point, of in points.items()
    }
    first = [left[0] for left in todo.values() if left]
    jobs, threads = shares(jobs, sum(map(len, todo.values())))
    found = _measure(first, threads, data_dir, quiet)
    by_point = {trial.point: found.costs.get(trial.name) for trial in first}
    return GridPlan(
        tuple(
            Cost(
                point,
                len(points[point]),
                len(left),
                sum(trial.config.training.epochs for trial in left),
                by_point.get(point),
            )
            for point, left in todo.items()
        ),
        {t.point: found.faults[t.name] for t in first if t.name in found.faults},
        jobs,
        found.stopped,
    )
