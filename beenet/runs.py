"""The run folder: what lies in it, who may write to it, and how it is read back."""

import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from beenet import files
from beenet.config.faults import format_path, show
from beenet.config.text import parse
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

_MOST_DIFFERENCES = 8

_Keys = tuple[str | int, ...]

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

    def check_same(self, config: Any) -> None:
        """Check that the folder's run has this resolved config, as plain data.

        Raises:
            RunError: it has another; names each key that differs.
        """
        try:
            text = self.config.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RunError(f"{self.config} cannot be read: {error}") from None
        there, asked = _flat(parse(text, str(self.config))[0].data), _flat(config)
        if there == asked:
            return
        differ = [
            path
            for path in {**there, **asked}
            if there.get(path, asked) != asked.get(path, there)
        ]
        lines = [
            f"  {format_path(path)}: {_shown(there, path)} there, "
            f"{_shown(asked, path)} asked for"
            for path in differ[:_MOST_DIFFERENCES]
        ]
        if len(differ) > _MOST_DIFFERENCES:
            lines.append(f"  and {len(differ) - _MOST_DIFFERENCES} more")
        raise RunError(
            f"{self.path} holds a run of another config:\n"
            + "\n".join(lines)
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
        with explained(self.path):
            try:
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


def _shown(flat: dict[_Keys, Any], path: _Keys) -> str:
    return show(flat[path]) if path in flat else "nothing"


def _flat(data: Any, path: _Keys = ()) -> dict[_Keys, Any]:
    """Return the values of nested data by their paths."""
    parts: Iterable[tuple[Any, Any]]
    if isinstance(data, dict) and data:
        parts = data.items()
    elif isinstance(data, list) and data:
        parts = enumerate(data)
    else:
        return {path: data}
    return {k: v for key, part in parts for k, v in _flat(part, (*path, key)).items()}


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
