"""Measure what the trials of a sweep cost, one at a time."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from beenet.sweep.local import Executor
from beenet.sweep.run import task_of
from beenet.sweep.task import CostEstimate, Ended
from beenet.sweep.trials import Trial
from beenet.system.interrupts import StopSignal, defer_signals, exit_code

_TICK = 0.25
"""Seconds between checks for a signal."""


@dataclass
class Measurements:
    """The costs of trials."""

    costs: dict[str, CostEstimate] = field(default_factory=dict)
    """By trial."""
    faults: dict[str, str] = field(default_factory=dict)
    """By trial, why it could not be measured."""
    stopped: int | None = None
    """The exit code of the signal that arrived before all were measured."""


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
                over = False
                while not over:
                    held.check()
                    for event in executor.events(_TICK):
                        match event:
                            case CostEstimate():
                                found.costs[event.trial] = event
                            case Ended():
                                over = True
                                if event.how != "finished":
                                    found.faults[event.trial] = event.text
    except StopSignal as stopped:
        found.stopped = exit_code(stopped)
    return found
