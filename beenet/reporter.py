"""Who is told how a training goes."""

from beenet.runs.history import Epoch
from beenet.system.streams import tell
from beenet.text.terminal import printable_line


class Reporter:
    """Who is told how it goes; says nothing of what it has no use for."""

    def note(self, text: str) -> None:
        """Something worth knowing."""

    def warn(self, text: str) -> None:
        """Something that is probably wrong."""

    def begin(self, epochs: int, steps: int, done: int, metric: str | None) -> None:
        """Training begins: so many epochs of so many steps, so many done before.

        ``metric`` is the name of what is shown beside the training loss, if anything.
        """

    def progress(self, epoch: int, step: int, loss: float, metric: float) -> None:
        """So many steps of an epoch are done; its mean training loss and metric."""

    def epoch(self, row: Epoch) -> None:
        """An epoch is over."""

    def end(self) -> None:
        """Training is over, or broken off."""


class Teller:
    """Writes notes and warnings to stderr, a line each."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Make it; ``quiet`` shows warnings alone."""
        self.quiet = quiet

    def note(self, text: str) -> None:
        """Write a line."""
        if not self.quiet:
            self.say(printable_line(text))

    def warn(self, text: str) -> None:
        """Write a warning."""
        self.say(printable_line(f"warning: {text}"))

    def say(self, text: str) -> None:
        """Write a line where people look."""
        tell(text)
