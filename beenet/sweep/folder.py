"""The folder of a sweep: its trials' runs, logs, and a search's database."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from beenet.system import locks
from beenet.system.write_errors import explain_write_errors


class SweepFolder:
    """The paths of a sweep's folder, and its lock."""

    def __init__(self, path: Path) -> None:
        """Set the paths; nothing is read or created yet."""
        self.path = path
        self.logs = path / ".logs"
        """What libraries wrote to stdout and stderr in the trials' processes."""
        self.study = path / "search.db"
        """A search's Optuna database."""

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Create the folder, and lock it against a second sweep.

        Raises:
            LockedError: another sweep has the lock.
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
