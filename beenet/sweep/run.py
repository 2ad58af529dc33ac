"""The story of a sweep: what is finished is skipped, the rest trained side by side."""

import contextlib
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from beenet.config.load import plain_with_tracking
from beenet.errors import BeenetError, Interrupted
from beenet.sweep.failures import Failures
from beenet.sweep.local import Executor
from beenet.sweep.task import CostEstimate, Ended, Looked, Progress, Task, Warned
from beenet.sweep.trials import Trial
from beenet.system.interrupts import PendingSignal, StopSignal, defer_signals, exit_code

_TICK = 0.25
"""Seconds between two looks at whether a signal came."""
_GRACE = 60.0
"""Seconds that trials are given to save when the sweep cannot go on."""
_LIVES = 3
"""How often the process of a trial may die before the trial counts as failed."""


class TrialSource(Protocol):
    """Where trials come from: a list, or a search that learns from those before."""

    def next(self) -> Trial | None:
        """Return the next trial; None where there is none for now."""

    def looked(self, trial: Trial, epoch: int, accuracy: float) -> bool:
        """Hear of a look at test; return whether the trial is to be given up."""

    def ended(self, trial: Trial, how: str) -> None:
        """Hear how a trial ended: finished, failed, stopped, pruned."""


class TrialQueue:
    """Trials that are known beforehand."""

    def __init__(self, trials: Iterable[Trial]) -> None:
        """Make it."""
        self._left = deque(trials)

    def next(self) -> Trial | None:
        """Return the next trial."""
        return self._left.popleft() if self._left else None

    def looked(self, trial: Trial, epoch: int, accuracy: float) -> bool:
        """Give none up."""
        return False

    def ended(self, trial: Trial, how: str) -> None:
        """Do nothing."""


class Display(Protocol):
    """Who is told how the sweep goes."""

    def started(self, trial: str, epochs: int) -> None:
        """A trial was begun, or goes on."""

    def progressed(self, event: Progress) -> None:
        """A trial got further."""

    def looked(self, event: Looked) -> None:
        """A trial looked at test."""

    def ended(self, trial: str, how: str, text: str) -> None:
        """A trial is over."""

    def warn(self, text: str) -> None:
        """Something is probably wrong."""


@dataclass
class SweepResult:
    """How the trials of one call ended."""

    trials: list[Trial] = field(default_factory=list)
    """Those that were begun."""
    failed: dict[str, str] = field(default_factory=dict)
    """Why, by trial."""


def measure(
    trials: Iterable[Trial], executor: Executor, data_dir: Path | None = None
) -> tuple[dict[str, CostEstimate], dict[str, str]]:
    """Measure what trials would cost; one is measured at a time.

    Returns:
        What was measured, and why it could not be, by trial.
    """
    measured: dict[str, CostEstimate] = {}
    faults: dict[str, str] = {}
    with contextlib.closing(executor), defer_signals() as held:
        for trial in trials:
            executor.submit(task_of(trial, executor, data_dir, measure=True))
            over = False
            while not over:
                held.check()
                for event in executor.events(_TICK):
                    match event:
                        case CostEstimate():
                            measured[event.trial] = event
                        case Ended():
                            over = True
                            if event.how != "finished":
                                faults[event.trial] = event.text
    return measured, faults


def task_of(
    trial: Trial, executor: Executor, data_dir: Path | None, *, measure: bool = False
) -> Task:
    """Return a trial as something for an executor to do."""
    return Task(
        trial.name,
        plain_with_tracking(trial.config),
        str(trial.folder.path),
        str(data_dir) if data_dir else None,
        executor.threads,
        measure,
    )


def run_sweep(
    source: TrialSource,
    executor: Executor,
    failures: Failures,
    display: Display,
    *,
    data_dir: Path | None = None,
) -> SweepResult:
    """Train the trials of a source, as many at a time as the executor has slots.

    Args:
        source: the trials that are to be trained.
        executor: where.
        failures: the record of those that failed.
        display: who is told.
        data_dir: where the data sets are installed; None for the usual place.

    Raises:
        Interrupted: a signal came; all that ran has saved and stopped.
        BeenetError: the source cannot go on, or the disk is full; what ran has saved
            and stopped, too.
    """
    sweep = _Sweep(source, executor, failures, display, data_dir)
    try:
        with defer_signals() as held:
            try:
                sweep.run(held)
            except BeenetError:  # a search's database fails, or the disk is full
                with contextlib.suppress(BeenetError):
                    sweep.stop()
                raise
    except StopSignal as stopped:
        raise Interrupted(
            "interrupted; the same command resumes from there", exit_code(stopped)
        ) from None
    finally:
        executor.close()
    return sweep.outcome


class _Sweep:
    def __init__(
        self,
        source: TrialSource,
        executor: Executor,
        failures: Failures,
        display: Display,
        data_dir: Path | None,
    ) -> None:
        self.source, self.executor, self.failures = source, executor, failures
        self.display, self.data_dir = display, data_dir
        self.running: dict[str, Trial] = {}
        self.deaths: dict[str, int] = {}
        self.pruned: set[str] = set()
        self.warned: set[str] = set()
        self.outcome = SweepResult()
        self.waiting: Trial | None = None
        """The next one, for which there is no room."""

    def run(self, held: PendingSignal) -> None:
        while True:
            self.fill(held)
            if not self.running:
                if held.asked or self.waiting is None:
                    return
                self.warn_once("no worker is there; waiting for one")
            if held.asked:
                self.ask_to_stop()
            for event in self.executor.events(_TICK):
                match event:
                    case Progress():
                        self.display.progressed(event)
                    case Looked():
                        self.look(event)
                    case Warned():
                        self.warn_once(event.text)
                    case Ended():
                        self.end(event, held.asked)

    def fill(self, held: PendingSignal) -> None:
        """Begin what there is room for, until a signal comes."""
        while not held.asked:
            has_room = len(self.running) < self.executor.slots
            if not has_room and (self.running or self.waiting):
                return
            # Where nothing runs, only the source knows whether all is done.
            self.waiting = self.waiting or self.source.next()
            if self.waiting is None:
                return
            if has_room:
                self.outcome.trials.append(self.waiting)
                self.begin(self.waiting)
                self.waiting = None

    def warn_once(self, text: str) -> None:
        if text not in self.warned:
            self.warned.add(text)
            self.display.warn(text)

    def ask_to_stop(self) -> None:
        for name in self.running:
            self.executor.stop(name)

    def stop(self) -> None:
        """Have all that runs save and stop, whatever comes of it."""
        until = time.monotonic() + _GRACE
        while self.running and time.monotonic() < until:
            self.ask_to_stop()
            for event in self.executor.events(_TICK):
                if isinstance(event, Ended):
                    self.running.pop(event.trial, None)

    def begin(self, trial: Trial) -> None:
        self.running[trial.name] = trial
        self.display.started(trial.name, trial.config.training.epochs)
        self.executor.submit(task_of(trial, self.executor, self.data_dir))

    def look(self, event: Looked) -> None:
        self.display.looked(event)
        trial = self.running[event.trial]
        if event.epoch < trial.config.training.epochs and self.source.looked(
            trial, event.epoch, event.accuracy
        ):
            self.pruned.add(event.trial)
            self.executor.stop(event.trial)

    def end(self, event: Ended, stopping: bool) -> None:
        trial, how, text = self.running.pop(event.trial), event.how, event.text
        if how == "stopped" and not (stopping or event.trial in self.pruned):
            how, text = "lost", "its process was stopped from outside"
        if how == "lost":
            deaths = self.deaths[event.trial] = self.deaths.get(event.trial, 0) + 1
            if deaths < _LIVES and not stopping:
                self.display.warn(f"{event.trial}: {text}; it is started again")
                self.begin(trial)
                return
            how = "stopped" if stopping else "failed"
        ending = "pruned" if how == "stopped" and event.trial in self.pruned else how
        self.display.ended(event.trial, ending, text)
        if ending == "failed":
            self.outcome.failed[event.trial] = text
            self.failures.add(trial, text)
        elif ending == "finished":
            self.failures.forget(event.trial)
        self.source.ended(trial, ending)
