"""The run folder: what lies in it, who may write to it, and how it is read back."""

import contextlib
import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from beenet import files
from beenet.errors import RunError

MODEL = "model.tfl"
"""The prefix of the saved model's files."""

_OWN = (
    "config.yaml",
    "history.csv",
    "provenance.json",
    "metrics.json",
    "checkpoint",
    f"{MODEL}.*",
    "events.out.tfevents.*",
)
"""What a run writes. Nothing else in the folder is ever removed."""

State = Literal["new", "unfinished", "finished"]


class RunFolder:
    """One run's folder. Only its own files are ever touched."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is read or made yet."""
        self.path = path
        self.config = path / "config.yaml"
        self.model = path / MODEL
        self.history = path / "history.csv"
        self.provenance = path / "provenance.json"
        self.metrics = path / "metrics.json"
        self.resume = path / ".resume"

    def state(self) -> State:
        """Return how far the run got; metrics.json is written last."""
        if self.metrics.exists():
            return "finished"
        return "unfinished" if self.config.exists() else "new"

    def check_same(self, config: str) -> None:
        """Check that the folder's run has this resolved config, as text.

        Raises:
            RunError: it has another; shows the difference.
        """
        try:
            there = self.config.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RunError(f"{self.config} cannot be read: {error}") from None
        if there == config:
            return
        lines = difflib.unified_diff(
            there.splitlines(), config.splitlines(), "there", "asked for", "", "", 0, ""
        )
        changes = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
        raise RunError(
            f"{self.path} holds a run of another config:\n  "
            + "\n  ".join(changes)
            + "\nchoose another folder with --run-dir, or replace it with --overwrite"
        )

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder and keep other processes out of it.

        What this made is taken away again if it stays empty.

        Raises:
            RunError: another process trains into it, or it cannot be written.
        """
        made = [p for p in (self.path, *self.path.parents) if not p.exists()]
        with explained(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            self._refuse_strangers()
        lock = FileLock(self.path / ".lock")
        try:
            with explained(self.path):
                lock.acquire(timeout=0)
        except Timeout:
            raise RunError(
                f"{self.path} is being written by another beenet; wait for it, "
                "or choose another folder with --run-dir"
            ) from None
        try:
            yield
        finally:
            lock.release()
            with contextlib.suppress(OSError):
                (self.path / ".lock").unlink()
                for folder in made:
                    folder.rmdir()

    def _refuse_strangers(self) -> None:
        if self.state() != "new":
            return
        strangers = [
            p.name
            for p in self.path.iterdir()
            if not p.name.startswith(".") and not any(map(p.match, _OWN))
        ]
        if strangers:
            raise RunError(
                f"{self.path} holds other files, such as {sorted(strangers)[0]}; "
                "choose another folder with --run-dir"
            )

    def clear(self) -> None:
        """Remove the run's files, and only those."""
        # metrics.json first: what is half removed must not look finished.
        self.metrics.unlink(missing_ok=True)
        for pattern in _OWN:
            for path in self.path.glob(pattern):
                path.unlink()
        files.remove_folder(self.resume)

    def read_metrics(self) -> dict[str, Any]:
        """Return metrics.json.

        Raises:
            RunError: it cannot be read.
        """
        try:
            data = json.loads(self.metrics.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise RunError(f"{self.metrics} cannot be read: {error}") from None
        if not isinstance(data, dict):
            raise RunError(f"{self.metrics} is not a run's metrics")
        return data


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the system's refusal to write into a `RunError` that says what to do."""
    try:
        yield
    except OSError as error:
        raise RunError(
            f"cannot write {path}: {error.strerror or error}; free some room or "
            "choose another place with --runs or --run-dir"
        ) from error


def find_runs(root: Path) -> Iterator[RunFolder]:
    """Yield the finished runs below ``root``, by path."""
    for metrics in sorted(root.rglob("metrics.json")):
        yield RunFolder(metrics.parent)
