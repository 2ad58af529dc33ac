"""Receivers of a training's progress, notes and warnings."""

from beenet.runs.history import Epoch
from beenet.system.streams import tell
from beenet.text.terminal import printable_line


class Reporter:
    """Receives a training's progress; methods that are not overridden do nothing."""

    def note(self, text: str) -> None:
        """Something worth knowing."""

    def warn(self, text: str) -> None:
        """Something that is probably wrong."""

    def begin(self, epochs: int, steps: int, done: int, metric: str | None) -> None:
        """Training begins: numbers of epochs, steps in each, and epochs done before.

        ``metric`` is the name of the metric shown beside the training loss, if any.
        """

    def progress(self, epoch: int, step: int, loss: float, metric: float) -> None:
        """``step`` steps of an epoch are done, with this mean loss and metric."""

    def epoch(self, row: Epoch) -> None:
        """An epoch is over."""

    def end(self) -> None:
        """Training is over, or was interrupted."""


class Teller:
    """Writes notes and warnings to stderr, a line each."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Make it; with ``quiet`` it shows only warnings."""
        self.quiet = quiet

    def note(self, text: str) -> None:
        """Write a line."""
        if not self.quiet:
            self.say(printable_line(text))

    def warn(self, text: str) -> None:
        """Write a warning."""
        self.say(printable_line(f"warning: {text}"))

    def say(self, text: str) -> None:
        """Write a line to stderr."""
        tell(text)
