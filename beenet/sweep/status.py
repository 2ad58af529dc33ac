"""How far a sweep is: counts, the best so far, the time that is left."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from beenet.sweep.task import Looked, Progress
from beenet.text.moments import clock

_SETTLED = 2.0
"""Seconds of training before which the time left is anybody's guess."""


@dataclass
class Running:
    """A trial under way."""

    epoch: int
    epochs: int
    begun_at: float | None = None
    """Epochs that were done when this sweep took it up."""
    done: float = 0.0
    accuracy: float | None = None
    """On test, at the last look."""

    def stage(self) -> str:
        """Return how far it is, in a word."""
        if self.begun_at is None:
            return "starting"
        return (
            "scoring" if self.done >= self.epochs else f"{self.done / self.epochs:.0%}"
        )


@dataclass
class Board:
    """What there is to show."""

    total: int
    """Trials of the sweep."""
    epochs_left: float
    """Epochs of the trials that were not finished at the start."""
    done: int = 0
    failed: int = 0
    pruned: int = 0
    slots: int = 1
    best: tuple[str, float] | None = None
    """The finished trial that is best on test, and its accuracy there."""
    running: dict[str, Running] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    trains_since: float | None = None
    """When the first trial had loaded all it needs; the time left is reckoned by it."""
    trained: float = 0.0
    """Epochs that were trained since the start, those under way left out."""

    def begin(self, trial: str, epochs: int) -> None:
        """Note that a trial runs."""
        self.running[trial] = Running(1, epochs)

    def progress(self, event: Progress) -> None:
        """Note how far it is."""
        if event.trial in self.running:
            at = self.running[event.trial]
            if self.trains_since is None:
                self.trains_since = time.monotonic()
            if at.begun_at is None:
                at.begun_at = event.done
                self.epochs_left -= event.done
            at.epoch, at.epochs, at.done = event.epoch, event.epochs, event.done

    def look(self, event: Looked) -> None:
        """Note what it scores on test."""
        if event.trial in self.running:
            self.running[event.trial].accuracy = event.accuracy

    def end(self, trial: str, how: str) -> None:
        """Note that it is over."""
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
        """Take the best of finished trials if it is better."""
        for trial, accuracy in accuracies.items():
            if self.best is None or accuracy > self.best[1]:
                self.best = trial, accuracy

    def left(self) -> float | None:
        """Return the seconds that are left, if that can be known yet."""
        under_way = sum(at.done - (at.begun_at or 0.0) for at in self.running.values())
        trained = self.trained + under_way
        seconds = time.monotonic() - (self.trains_since or self.began)
        left = self.epochs_left - under_way
        if trained <= 0 or left <= 0 or seconds < _SETTLED:
            return None
        return left * seconds / trained

    def counts(self) -> str:
        """Return how many trials are how far, and the time that is left."""
        parts = [f"{self.done} of {self.total} done"]
        parts += [f"{len(self.running)} running"] if self.running else []
        parts += [f"{self.pruned} pruned"] if self.pruned else []
        parts += [f"{self.failed} failed"] if self.failed else []
        seconds = self.left()
        left = "" if seconds is None else f"; about {clock(seconds)} left"
        return ", ".join(parts) + left

    def summary(self) -> str:
        """Return how it ended."""
        return f"{self.counts()}, in {clock(time.monotonic() - self.began)}"
