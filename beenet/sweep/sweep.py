"""A sweep file from beginning to end; what `beenet sweep` does."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from beenet.config.sweep import Sweep
from beenet.config.text import Document
from beenet.cores import core_limit
from beenet.sweep.board import Board
from beenet.sweep.display import make_display
from beenet.sweep.failures import Failures
from beenet.sweep.folder import SweepFolder
from beenet.sweep.local import Executor, LocalExecutor
from beenet.sweep.run import Listed, run_sweep
from beenet.sweep.trials import Trial, finished, plan_trials


@dataclass(frozen=True)
class Options:
    """How a sweep is to be run."""

    runs: Path = Path("runs")
    """The folder of runs."""
    data_dir: Path | None = None
    """Where the data sets are installed; None for the usual place."""
    jobs: int | None = None
    """Trials at a time; None for as many as there are cores."""
    retry_failed: bool = False
    """Whether trials that failed before are tried again."""
    quiet: bool = False
    """Show failures and warnings alone."""


def run_file(
    sweep: Sweep,
    document: Document,
    options: Options,
    overrides: Iterable[str] = (),
) -> tuple[list[Trial], dict[str, str]]:
    """Train what is not finished of a sweep.

    Returns:
        All its trials, and why those failed that did, by their names.
    """
    trials, warnings = plan_trials(sweep, document, options.runs, overrides)
    folder = SweepFolder(options.runs / sweep.name)
    with folder.locked():
        failures = Failures(folder.path)
        done = finished(trials)
        given_up = set() if options.retry_failed else failures.reasons.keys() - done
        todo = [t for t in trials if t.name not in done and t.name not in given_up]
        board = Board(
            total=len(trials),
            epochs_left=sum(trial.config.training.epochs for trial in todo),
            done=len(done),
            failed=len(given_up & {trial.name for trial in trials}),
        )
        board.offer({t.name: accuracy(t) for t in trials if t.name in done})
        display = make_display(board, options.quiet)
        with contextlib.closing(display):
            for warning in warnings:
                display.warn(str(warning))
            if todo:
                executor = local(options, len(todo), folder)
                run_sweep(
                    Listed(todo), executor, failures, display, data_dir=options.data_dir
                )
    names = {trial.name for trial in trials}
    return trials, {k: v for k, v in failures.reasons.items() if k in names}


def local(options: Options, trials: int, folder: SweepFolder) -> Executor:
    """Return processes of this machine: by default one for each core."""
    cores = core_limit()
    jobs = options.jobs or min(cores, trials)
    return LocalExecutor(jobs, max(1, cores // jobs), folder.logs)


def accuracy(trial: Trial) -> float:
    """Return the accuracy of a finished trial on test."""
    return float(trial.folder.read_metrics()["splits"]["test"]["accuracy"])
