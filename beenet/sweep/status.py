"""The progress of a sweep: counts, the best so far, the time left."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from beenet.sweep.task import Looked, Progress
from beenet.text.moments import clock

_SETTLED = 2.0
"""Seconds of training before which the time left cannot be estimated."""


@dataclass
class Running:
    """A running trial."""

    epoch: int
    epochs: int
    begun_at: float | None = None
    """Epochs that were done when this sweep started it."""
    done: float = 0.0
    accuracy: float | None = None
    """On test, when last scored."""

    def stage(self) -> str:
        """Return its progress in a word."""
        if self.begun_at is None:
            return "starting"
        return (
            "scoring" if self.done >= self.epochs else f"{self.done / self.epochs:.0%}"
        )


@dataclass
class Board:
    """The state that a display shows."""

    total: int
    """Trials of the sweep."""
    epochs_left: float
    """Epochs of the trials that were not finished at the start."""
    done: int = 0
    failed: int = 0
    pruned: int = 0
    slots: int = 1
    best: tuple[str, float] | None = None
    """The finished trial that is best on test, and its accuracy on test."""
    running: dict[str, Running] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    trains_since: float | None = None
    """When the first trial began to train; the time left is computed from it."""
    trained: float = 0.0
    """Epochs that were trained since the start, without those of running trials."""

    def begin(self, trial: str, epochs: int) -> None:
        """Record that a trial runs."""
        self.running[trial] = Running(1, epochs)

    def progress(self, event: Progress) -> None:
        """Record a trial's progress."""
        if event.trial in self.running:
            at = self.running[event.trial]
            if self.trains_since is None:
                self.trains_since = time.monotonic()
            if at.begun_at is None:
                at.begun_at = event.done
                self.epochs_left -= event.done
            at.epoch, at.epochs, at.done = event.epoch, event.epochs, event.done

    def look(self, event: Looked) -> None:
        """Record a trial's accuracy on test."""
        if event.trial in self.running:
            self.running[event.trial].accuracy = event.accuracy

    def end(self, trial: str, how: str) -> None:
        """Record that a trial has ended."""
        at = self.running.pop(trial)
        self.epochs_left -= at.epochs - (at.begun_at or 0.0)
        self.trained += at.done - (at.begun_at or 0.0)
        if how == "failed":
            self.failed += 1
        elif how == "pruned":
            self.pruned += 1
        elif how == "finished":
            self.done += 1
            if at.accuracy is not None:
                self.offer({trial: at.accuracy})

    def offer(self, accuracies: Mapping[str, float]) -> None:
        """Update the best trial from those of finished ones."""
        for trial, accuracy in accuracies.items():
            if self.best is None or accuracy > self.best[1]:
                self.best = trial, accuracy

    def left(self) -> float | None:
        """Return the estimated seconds left; None if not yet known."""
        under_way = sum(at.done - (at.begun_at or 0.0) for at in self.running.values())
        trained = self.trained + under_way
        seconds = time.monotonic() - (self.trains_since or self.began)
        left = self.epochs_left - under_way
        if trained <= 0 or left <= 0 or seconds < _SETTLED:
            return None
        return left * seconds / trained

    def counts(self) -> str:
        """Return the numbers of trials by state, and the time left."""
        seconds = self.left()
        left = "" if seconds is None else f"; about {clock(seconds)} left"
        return self._numbers() + left

    def _numbers(self) -> str:
        parts = [f"{self.done} of {self.total} done"]
        parts += [f"{len(self.running)} running"] if self.running else []
        parts += [f"{self.pruned} pruned"] if self.pruned else []
        parts += [f"{self.failed} failed"] if self.failed else []
        return ", ".join(parts)

    def summary(self) -> str:
        """Return the final counts, and the total time."""
        return f"{self._numbers()}, in {clock(time.monotonic() - self.began)}"
