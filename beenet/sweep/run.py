"""Run the trials of a sweep in parallel, handling failures, pruning and signals."""

import contextlib
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from beenet.config.load import plain_with_tracking
from beenet.errors import BeenetError, Interrupted, SweepError
from beenet.sweep.failures import Failures
from beenet.sweep.local import Executor
from beenet.sweep.task import Ended, Event, Looked, Progress, Task, Warned
from beenet.sweep.trials import Trial
from beenet.system.interrupts import PendingSignal, StopSignal, defer_signals, exit_code
from beenet.text.words import error_line, listed

TICK_SECONDS = 0.25
"""Seconds between checks for a signal."""
_GRACE_SECONDS = 60.0
"""Seconds that trials get to save before their processes are ended."""
_QUIET_SECONDS = 5.0
"""Seconds after which it is shown which trials still save."""
_LIVES = 3
"""How often the process of a trial must die for the trial to count as failed."""


class TrialSource(Protocol):
    """A source of trials: a list, or a search that learns from earlier ones."""

    def next(self) -> Trial | None:
        """Return the next trial; None if there is none at present."""

    def looked(self, trial: Trial, epoch: int, accuracy: float) -> bool:
        """Handle an accuracy on test; return whether to prune the trial."""

    def ended(self, trial: Trial, how: str) -> None:
        """Handle the end of a trial: finished, failed, stopped, pruned."""


class TrialQueue:
    """Trials that are known in advance."""

    def __init__(self, trials: Iterable[Trial]) -> None:
        """Store the trials."""
        self._left = deque(trials)

    def next(self) -> Trial | None:
        """Return the next trial."""
        return self._left.popleft() if self._left else None

    def looked(self, trial: Trial, epoch: int, accuracy: float) -> bool:
        """Prune none."""
        return False

    def ended(self, trial: Trial, how: str) -> None:
        """Do nothing."""


class Display(Protocol):
    """Receives the progress of a sweep."""

    def started(self, trial: str, epochs: int) -> None:
        """A trial was started or resumed."""

    def progressed(self, event: Progress) -> None:
        """A trial made progress."""

    def looked(self, event: Looked) -> None:
        """A trial scored test."""

    def ended(self, trial: str, how: str, text: str) -> None:
        """A trial ended."""

    def warn(self, text: str) -> None:
        """Something is probably wrong."""


@dataclass
class SweepResult:
    """How the trials of one call ended."""

    trials: list[Trial] = field(default_factory=list)
    """Those that were started."""
    failed: dict[str, str] = field(default_factory=dict)
    """The reasons of failures, by trial."""


def task_of(
    trial: Trial, executor: Executor, data_dir: Path | None, *, measure: bool = False
) -> Task:
    """Return a trial as a task for an executor."""
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
        source: the trials to train.
        executor: trains them.
        failures: the record of those that failed.
        display: receives the progress.
        data_dir: where the data sets are installed; None for the usual place.

    Raises:
        Interrupted: a signal arrived; all running trials have saved and stopped, or
            were ended because they did not in time.
        BeenetError: the source cannot continue, or the disk is full; running trials
            have also saved and stopped.
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
        self.told_to_wait = False
        self.outcome = SweepResult()
        self.asked_at: float | None = None
        """When the running trials were asked to stop."""
        self.waiting: Trial | None = None
        """The next trial, for which there is no free slot yet."""

    def run(self, held: PendingSignal) -> None:
        while True:
            self.fill(held)
            if not self.running:
                if held.asked or self.waiting is None:
                    return
                self.warn_once("no worker is there; waiting for one")
            if held.asked:
                self.ask_to_stop()
                if self.is_overdue():
                    return
            faults = []
            for event in self.executor.events(TICK_SECONDS):
                try:  # none of them comes again
                    self.take(event, held.asked)
                except BeenetError as error:
                    faults.append(error)
            if faults:
                raise faults[0]

    def take(self, event: Event, stopping: bool) -> None:
        match event:
            case Progress():
                self.display.progressed(event)
            case Looked():
                self.look(event)
            case Warned():
                self.warn_once(event.text)
            case Ended():
                self.end(event, stopping)

    def fill(self, held: PendingSignal) -> None:
        """Start trials while slots are free and no signal has arrived."""
        while not held.asked:
            has_room = len(self.running) < self.executor.slots
            if not has_room and (self.running or self.waiting):
                return
            # If nothing runs, only the source knows whether all is done.
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

    def is_overdue(self) -> bool:
        """Show which trials still save; return whether they have had their time.

        Their processes are then ended, and their last checkpoints remain.
        """
        now = time.monotonic()
        self.asked_at = self.asked_at or now
        names = listed(list(self.running), 1)
        if now - self.asked_at >= _GRACE_SECONDS:
            self.warn_once(
                f"{names} did not stop in {_GRACE_SECONDS:g} s; ended, the last "
                "checkpoint remains"
            )
            return True
        if now - self.asked_at >= _QUIET_SECONDS and not self.told_to_wait:
            self.told_to_wait = True
            self.display.warn(f"waiting for {names} to save; Ctrl-C again ends it")
        return False

    def stop(self) -> None:
        """Make all running trials save and stop, ignoring their results."""
        while self.running and not self.is_overdue():
            self.ask_to_stop()
            for event in self.executor.events(TICK_SECONDS):
                if isinstance(event, Ended) and event.trial in self.running:
                    del self.running[event.trial]
                    how = "finished" if event.how == "finished" else "stopped"
                    self.display.ended(event.trial, how, event.text)

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
        if event.disk_full and how == "failed":
            # All others would fail too; as it is not the config's fault, none has.
            self.display.ended(event.trial, "stopped", text)
            self.source.ended(trial, "stopped")
            raise SweepError(
                f"{event.trial}: {error_line(text)}; the same command resumes from "
                "there"
            )
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
        elif ending == "pruned":
            trial.folder.mark_pruned()
        elif ending == "finished":
            self.failures.forget(event.trial)
        self.source.ended(trial, ending)
