"""The folder of a sweep: its trials' runs, and what is known of them all."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from beenet.system import locks
from beenet.system.write_errors import explain_write_errors


class SweepFolder:
    """Where a sweep lies."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is read or made yet."""
        self.path = path
        self.logs = path / ".logs"
        """What libraries wrote to stderr in trials that died."""
        self.study = path / "search.db"
        """What a search knows."""

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder, and keep a second sweep out of it.

        Raises:
            LockedError: there is one.
            RunError: it cannot be written.
        """
        busy = (
            f"{self.path} is being written by another beenet sweep; wait for it, or "
            "give this one another name"
        )
        with contextlib.ExitStack() as held:
            with explain_write_errors(self.path, "--runs"):
                self.path.mkdir(parents=True, exist_ok=True)
                held.enter_context(locks.locked(self.path / ".lock", busy))
            yield
