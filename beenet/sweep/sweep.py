"""Run or plan a whole sweep file, for `beenet sweep`."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from beenet.config.faults import Fault
from beenet.config.sweep import Sweep
from beenet.config.yaml_text import Document
from beenet.sweep.cluster import DaskExecutor
from beenet.sweep.data_sets import DataSets
from beenet.sweep.display import make_display
from beenet.sweep.dry_run import GridPlan, SearchPlan, dry_run, dry_search
from beenet.sweep.failures import Failures
from beenet.sweep.finished import finished
from beenet.sweep.folder import SweepFolder
from beenet.sweep.gpus import GpuShares
from beenet.sweep.local import Executor, LocalExecutor, shares
from beenet.sweep.run import TrialQueue, TrialSource, run_sweep
from beenet.sweep.search import OptunaSource
from beenet.sweep.status import Board
from beenet.sweep.trials import Trial, accuracy_on_test, plan_trials
from beenet.system.cores import core_limit


@dataclass(frozen=True)
class Options:
    """The options of `beenet sweep`."""

    runs: Path = Path("runs")
    """The folder of runs."""
    data_dir: Path | None = None
    """Where the data sets are installed; None for the usual place."""
    jobs: int | None = None
    """Trials at a time; None for as many as there are cores, or slots on the
    cluster."""
    scheduler: str | None = None
    """The address of a Dask scheduler to train on; None for this machine."""
    retry_failed: bool = False
    """Whether to retry trials that failed before."""
    quiet: bool = False
    """Show only failures and warnings."""


def run_file(
    sweep: Sweep,
    document: Document,
    options: Options,
    overrides: Iterable[str] = (),
) -> tuple[list[Trial], dict[str, str]]:
    """Train the unfinished trials of a sweep.

    Returns:
        All its trials, and the reasons of failures by their names.
    """
    run = _search if sweep.search else _matrix
    return run(sweep, document, options, list(overrides))


def plan_file(
    sweep: Sweep, document: Document, options: Options, overrides: Iterable[str] = ()
) -> GridPlan | SearchPlan:
    """Return the plan of a sweep, with costs measured on this machine."""
    runs, jobs, home = options.runs, options.jobs, options.data_dir
    if sweep.search:
        source = OptunaSource(sweep, document, runs, overrides)
        return dry_search(source, jobs, home, quiet=options.quiet)
    return dry_run(sweep, document, runs, jobs, home, overrides, quiet=options.quiet)


def _matrix(
    sweep: Sweep, document: Document, options: Options, overrides: list[str]
) -> tuple[list[Trial], dict[str, str]]:
    trials, warnings = plan_trials(sweep, document, options.runs, overrides)
    folder = SweepFolder(options.runs / sweep.name)
    with folder.locked():
        failures = Failures(folder.path)
        data_sets = DataSets(options.data_dir)
        done = finished(trials, data_sets)
        for name in done:  # perhaps trained by hand, or just before a kill
            failures.forget(name)
        failed = set() if options.retry_failed else failures.reasons(trials).keys()
        todo = [t for t in trials if t.name not in done and t.name not in failed]
        if not options.scheduler:  # only a cluster's workers need the data
            data_sets.require(todo)
        board = Board(
            total=len(trials),
            epochs_left=sum(trial.config.training.epochs for trial in todo),
            done=len(done),
            failed=len(failed),
        )
        board.offer(
            {t.name: accuracy_on_test(t.folder) for t in trials if t.name in done}
        )
        _train(options, folder, failures, board, warnings, TrialQueue(todo), len(todo))
    return trials, failures.reasons(trials)


def _search(
    sweep: Sweep, document: Document, options: Options, overrides: list[str]
) -> tuple[list[Trial], dict[str, str]]:
    jobs = options.jobs or core_limit()
    source = OptunaSource(sweep, document, options.runs, overrides, jobs=jobs)
    folder = SweepFolder(options.runs / sweep.name)
    with folder.locked(), source.opened():
        # Refuse runs of other configs or data, whose scores would not be comparable.
        scored = source.trials(("COMPLETE", "PRUNED"))
        data_sets = DataSets(options.data_dir)
        finished(scored, data_sets, resized=False)
        failures = Failures(folder.path)
        if options.retry_failed:
            source.retry(failures)
        counts = source.counts()
        done, failed = counts.get("COMPLETE", 0), counts.get("FAIL", 0)
        pruned = counts.get("PRUNED", 0)
        left = max(0, source.search.trials - done - failed - pruned)
        begun = counts.get("RUNNING", 0) + counts.get("WAITING", 0)
        board = Board(
            total=max(source.search.trials, sum(counts.values())),
            epochs_left=(left + source.gone) * source.epochs,
            done=done - source.gone,
            failed=failed,
            pruned=pruned,
        )
        count = max(left, begun) + source.gone
        if count and not options.scheduler:
            data_sets.require(source.space.ends)
        _train(options, folder, failures, board, source.space.warnings, source, count)
        trials = source.trials()
        return trials, failures.reasons(trials)


def _train(
    options: Options,
    folder: SweepFolder,
    failures: Failures,
    board: Board,
    warnings: Iterable[Fault],
    source: TrialSource,
    count: int,
) -> None:
    """Train the trials of a source, and display the progress."""
    display = make_display(board, options.quiet)
    with contextlib.closing(display):
        for warning in warnings:
            display.warn(str(warning))
        if count:
            executor = _executor(options, count, folder)
            run_sweep(source, executor, failures, display, data_dir=options.data_dir)


def _executor(options: Options, trials: int, folder: SweepFolder) -> Executor:
    """Return an executor on a cluster, or on this machine.

    By default it runs one trial per core, or as many as fit on the GPUs.
    """
    if options.scheduler:
        return DaskExecutor(options.scheduler, folder.path, options.jobs)
    jobs, threads = shares(options.jobs, trials)
    gpus = None if options.jobs else GpuShares()
    return LocalExecutor(jobs, threads, folder.logs, gpus=gpus)
