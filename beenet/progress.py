"""Display training: a bar in a terminal, a live cell in a notebook, else lines."""

import importlib
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from beenet.reporter import Reporter, Teller
from beenet.runs.history import Epoch
from beenet.system.streams import unbreakable
from beenet.text.moments import clock
from beenet.text.terminal import printable_line

_LATELY = 30.0
"""Seconds over which the speed is averaged, so that it is the current one."""


class Lines(Teller, Reporter):
    """Plain lines on stderr: one per epoch, and one every half minute of a long one."""

    def __init__(self, *, quiet: bool = False, every: float = 30.0) -> None:
        """Create it; ``quiet`` shows only warnings, ``every`` is in seconds."""
        super().__init__(quiet=quiet)
        self.every = every
        self.epochs = self.steps = 0
        self.metric: str | None = None
        self.clock = Clock()
        self.said = time.monotonic()

    def begin(self, epochs: int, steps: int, done: int, metric: str | None) -> None:
        """Store what the lines show."""
        self.epochs, self.steps, self.metric = epochs, steps, metric
        self.clock.start(epochs * steps)

    def progress(self, epoch: int, step: int, loss: float, metric: float) -> None:
        """Print a line if the last one was long ago."""
        self.clock.tick(epoch * self.steps + step)
        if time.monotonic() - self.said >= self.every:
            self.note(self.at(epoch, step, loss, metric))
            self.said = time.monotonic()

    def at(self, epoch: int, step: int, loss: float, metric: float) -> str:
        """Return the progress in one line."""
        return (
            f"epoch {epoch + 1}/{self.epochs} step {step:,}/{self.steps:,}  "
            f"train {loss_text(loss, self.metric, metric)}  {self.clock.rate()}"
            f"{self.clock.left()}"
        )

    def epoch(self, row: Epoch) -> None:
        """Print the epoch's line."""
        rate = f"{self.steps / row.seconds:,.0f} steps/s" if row.seconds > 0 else ""
        self.note(f"{epoch_text(row, self.epochs)}  {rate}{self.clock.left()}")
        self.said = time.monotonic()

    def end(self) -> None:
        """Do nothing: every line is complete."""


class NotebookLines(Lines):
    """In a notebook: the lines, and below them one that changes in place."""

    def __init__(self, display: Callable[..., Any]) -> None:
        """Create it; ``display`` is ``IPython.display.display``."""
        super().__init__(every=0.5)
        self.display = display
        self.handle: Any = None
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        """Add a permanent line."""
        self.lines.append(text)
        self.draw()

    def progress(self, epoch: int, step: int, loss: float, metric: float) -> None:
        """Change the last line if it is old."""
        self.clock.tick(epoch * self.steps + step)
        if time.monotonic() - self.said >= self.every:
            self.draw(self.at(epoch, step, loss, metric))
            self.said = time.monotonic()

    def end(self) -> None:
        """Remove the changing line."""
        self.draw()

    def draw(self, *below: str) -> None:
        """Show all lines, replacing those shown before."""
        content = {"text/plain": "\n".join([*self.lines, *below])}
        if self.handle is None:
            self.handle = self.display(content, raw=True, display_id=True)
        else:
            self.handle.update(content, raw=True)


class Bar(Reporter):
    """A live bar on stderr, and a line for each epoch above it."""

    def __init__(self) -> None:
        """Create it; it is visible from `begin` to `end`."""
        self.console = Console(file=unbreakable(sys.stderr), highlight=False)
        self.bar = Progress(
            TextColumn("epoch {task.fields[at]}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=self.console,
            transient=True,
        )
        self.task: TaskID | None = None
        self.epochs = self.steps = 0
        self.metric: str | None = None
        self.clock = Clock()
        self.test = ""

    def note(self, text: str) -> None:
        """Print a line above the bar."""
        self.console.print(printable_line(text), markup=False)

    def warn(self, text: str) -> None:
        """Print a warning above the bar."""
        line = printable_line(f"warning: {text}")
        self.console.print(line, style="yellow", markup=False)

    def begin(self, epochs: int, steps: int, done: int, metric: str | None) -> None:
        """Show the bar."""
        self.epochs, self.steps, self.metric = epochs, steps, metric
        self.clock.start(epochs * steps)
        self.task = self.bar.add_task(
            "", total=epochs * steps, completed=done * steps, at=done + 1, state=""
        )
        self.bar.start()

    def progress(self, epoch: int, step: int, loss: float, metric: float) -> None:
        """Move the bar."""
        if self.task is None:
            return
        done = epoch * self.steps + step
        self.clock.tick(done)
        text = loss_text(loss, self.metric, metric)
        state = f"{text}{self.test} {self.clock.rate()}"
        at = f"{epoch + 1}/{self.epochs}"
        self.bar.update(self.task, completed=done, at=at, state=state)

    def epoch(self, row: Epoch) -> None:
        """Print the epoch's line above the bar."""
        self.test = f" test {row.test_accuracy:.4f}"
        self.note(epoch_text(row, self.epochs))

    def end(self) -> None:
        """Remove the bar."""
        self.bar.stop()


class Clock:
    """The current steps per second, and the time left at that speed."""

    def __init__(self) -> None:
        """Create it; `start` starts it."""
        self.total = 0
        self.ticks = deque[tuple[float, int]]()

    def start(self, total: int) -> None:
        """Start counting towards ``total`` steps."""
        self.total = total
        self.ticks.clear()

    def tick(self, done: int) -> None:
        """Record the number of completed steps, counted from the first epoch."""
        # Measured from the first tick on, so without the time for compilation.
        self.ticks.append((time.monotonic(), done))
        while len(self.ticks) > 2 and self.ticks[-1][0] - self.ticks[1][0] > _LATELY:
            self.ticks.popleft()

    def _speed(self) -> float:
        if not self.ticks:
            return 0.0
        (began, first), (now, done) = self.ticks[0], self.ticks[-1]
        return (done - first) / (now - began) if now > began else 0.0

    def rate(self) -> str:
        """Return the speed as text."""
        return f"{self._speed():,.0f} steps/s"

    def left(self) -> str:
        """Return the time left as text, after a comma; empty if unknown."""
        speed = self._speed()
        steps = self.total - self.ticks[-1][1] if self.ticks else 0
        return f", {clock(steps / speed)} left" if speed > 0 and steps > 0 else ""


def make_reporter(quiet: bool) -> Lines | Bar:
    """Return the reporter for this environment: a bar, a notebook cell, or lines."""
    if quiet:
        return Lines(quiet=True)
    if _in_notebook():
        return NotebookLines(importlib.import_module("IPython.display").display)
    live = sys.stdout.isatty() and sys.stderr.isatty()
    return Bar() if live else Lines()


def _in_notebook() -> bool:
    """Return whether this is a notebook's kernel, which shows stderr as errors."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return type(shell).__name__ == "ZMQInteractiveShell"


_SHORT = {"learning_rate": "lr"}


def loss_text(loss: float, name: str | None, metric: float | None) -> str:
    """Return a loss, and a metric with its name, as text."""
    text = f"loss {loss:.4f}"
    return text if name is None else f"{text} {name} {metric:.4f}"


def epoch_text(row: Epoch, epochs: int) -> str:
    """Return an epoch in one line; every number has its split's name."""
    name = None if row.train_accuracy is None else "acc"
    extra = "".join(
        f" {_SHORT.get(column, column.removeprefix('train_'))} {value:.4g}"
        for column, value in row.extra.items()
    )
    return (
        f"epoch {row.epoch}/{epochs}  "
        f"train {loss_text(row.train_loss, name, row.train_accuracy)}{extra}  "
        f"test loss {row.test_loss:.4f} acc {row.test_accuracy:.4f}  "
        f"{row.seconds:.1f} s"
    )
