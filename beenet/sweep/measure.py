"""Measure what the trials of a sweep cost, one at a time."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from beenet.sweep.local import Executor
from beenet.sweep.run import TICK_SECONDS, task_of
from beenet.sweep.task import CostEstimate, Ended, Event
from beenet.sweep.trials import Trial
from beenet.system.interrupts import StopSignal, defer_signals, exit_code


@dataclass
class Measurements:
    """The costs of trials."""

    costs: dict[str, CostEstimate] = field(default_factory=dict)
    """By trial."""
    faults: dict[str, str] = field(default_factory=dict)
    """By trial, why it could not be measured."""
    stopped: int | None = None
    """The exit code of the signal that arrived before all were measured."""

    def take(self, events: Iterable[Event]) -> bool:
        """Store what a trial sent; return whether it has ended."""
        has_ended = False
        for event in events:
            match event:
                case CostEstimate():
                    self.costs[event.trial] = event
                case Ended():
                    has_ended = True
                    if event.how != "finished":
                        self.faults[event.trial] = event.text
        return has_ended


def measure(
    trials: Iterable[Trial],
    executor: Executor,
    data_dir: Path | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> Measurements:
    """Measure the cost of trials, until a signal arrives.

    Args:
        trials: those to measure.
        executor: starts them; it is closed at the end.
        data_dir: where the data sets are installed; None for the usual place.
        tell: called with the number of each trial, from 1, before it is measured.
    """
    found = Measurements()
    try:
        with contextlib.closing(executor), defer_signals() as held:
            for number, trial in enumerate(trials, 1):
                tell(number)
                executor.submit(task_of(trial, executor, data_dir, measure=True))
                held.check()
                while not found.take(executor.events(TICK_SECONDS)):
                    held.check()
    except StopSignal as stopped:
        found.stopped = exit_code(stopped)
    return found
