"""Who is told how a training goes."""

from typing import Protocol

from beenet.runs.history import Epoch


class Reporter(Protocol):
    """Who is told how it goes."""

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


class Silent:
    """A reporter that says nothing; others override what they have a use for."""

    def note(self, text: str) -> None:
        """Say nothing."""

    def warn(self, text: str) -> None:
        """Say nothing."""

    def begin(self, epochs: int, steps: int, done: int, metric: str | None) -> None:
        """Say nothing."""

    def progress(self, epoch: int, step: int, loss: float, metric: float) -> None:
        """Say nothing."""

    def epoch(self, row: Epoch) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""
