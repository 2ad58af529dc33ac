"""The run folder: its files, its lock, its states, and how it is read back."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from beenet.config.differences import differences
from beenet.config.load import plain, with_new_defaults
from beenet.config.model import Config
from beenet.config.yaml_text import parse
from beenet.errors import RunError
from beenet.runs.metrics_file import RunMetrics, read_run_metrics
from beenet.system import files, locks
from beenet.system.plain_files import read_json, read_plain
from beenet.system.write_errors import explain_write_errors
from beenet.text.words import reason

CONFIG = "config.yaml"
METRICS = "metrics.json"
"""Written last: if it exists, the run is finished."""
MODEL = "model.tfl"
"""The prefix of the saved model's files."""
RESUME = ".resume"
"""The folder of checkpoints."""
PRUNED = ".pruned"
"""An empty file: a search has given the unfinished run up; until it is resumed."""
_STAGED = f"{RESUME}.new"
_CHECKPOINT = "[0-9]*-[0-9]*-*.npz"
"""The name of a checkpoint; files of best weights do not match."""
_LOCK = ".lock"

_OWN = (
    CONFIG,
    "history.csv",
    "provenance.json",
    METRICS,
    "checkpoint",
    "curves.png",
    "confusion.png",
    "outcomes.npz",
    "looks.csv",
    f"{MODEL}.*",
    "events.out.tfevents.*",
    PRUNED,
)
"""The files that a run writes. Nothing else in the folder is ever removed."""

_MAX_DIFFERENCES = 8

State = Literal["new", "unfinished", "finished"]


class RunFolder:
    """One run's folder. Only the run's own files are ever touched."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is read or created yet."""
        self.path = path
        self.config = path / CONFIG
        self.model = path / MODEL
        self.history = path / "history.csv"
        self.provenance = path / "provenance.json"
        self.metrics = path / METRICS
        self.curves = path / "curves.png"
        self.confusion = path / "confusion.png"
        self.outcomes = path / "outcomes.npz"
        """The model's answer to each example: see `beenet.scores.outcomes`."""
        self.looks = path / "looks.csv"
        """When it was scored, on what: see `beenet.runs.looks`."""
        self.resume = path / RESUME
        """The folder of its checkpoints."""
        self.staged = path / _STAGED
        """Config and first checkpoint of a run that is about to replace this one."""

    def state(self) -> State:
        """Return how far the run got; metrics.json, written last, means finished."""
        if self.metrics.exists():
            return "finished"
        begun = self.config.exists() and self._has_checkpoints()
        return "unfinished" if begun else "new"

    def is_finished_run_of(self, config: Config) -> bool:
        """Return whether this is a finished run of exactly this config."""
        if self.state() != "finished" or self.staged.exists():
            return False
        with contextlib.suppress(RunError):
            return bool(self.read_config() == plain(config))
        return False

    def _has_checkpoints(self) -> bool:
        return any(self.resume.glob(_CHECKPOINT)) or self._is_staged()

    def events(self) -> list[Path]:
        """Return TensorBoard's event files."""
        return sorted(self.path.glob("events.out.tfevents.*"))

    def mark_pruned(self) -> None:
        """Mark an unfinished run as given up by a search.

        Raises:
            RunError: the folder cannot be written.
        """
        if self.state() == "unfinished":
            with explain_write_errors(self.path, "--runs"):
                files.write_text(self.path / PRUNED, "")

    def settle(self) -> None:
        """Prepare the folder, which must be locked, for a training.

        Cleans up what a killed process left. A pruned run is resumed by hand.
        """
        files.clear_leftovers(self.path)
        (self.path / PRUNED).unlink(missing_ok=True)
        for place in (self.resume, self.staged):
            if place.is_symlink():
                raise RunError(
                    f"{place} is a link, which beenet never makes; remove it, or "
                    "choose another folder with --run-dir"
                )
            if place.is_dir():
                files.clear_leftovers(place)
        if self._is_staged():
            self.promote()
        else:
            self.discard_staged()

    def promote(self) -> None:
        """Replace the run here by the staged one, which has a checkpoint.

        May be interrupted at any point; `settle` then completes it.
        """
        config = (self.staged / CONFIG).read_bytes()
        self.clear()
        files.write_bytes(self.config, config)
        self.staged.rename(self.resume)
        files.sync_folder(self.path)

    def discard_staged(self) -> None:
        """Remove a staged run that has no checkpoint yet.

        With one, it may have begun to replace the run here: `settle` completes that.
        """
        if not self._is_staged():
            with contextlib.suppress(OSError):  # other files there are not ours
                for path in (self.staged / CONFIG, *self.staged.glob("*.npz")):
                    path.unlink(missing_ok=True)
                self.staged.rmdir()

    def _is_staged(self) -> bool:
        return any(self.staged.glob(_CHECKPOINT))

    def read_config(self) -> Any:
        """Return the resolved config of the folder's run, as plain data.

        Keys that are newer than the run get their defaults, so that it still compares
        equal to the same config.

        Raises:
            RunError: it cannot be read, or is no config; says where a copy is.
        """
        try:
            text = read_plain(self.config).decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RunError(f"{self.config} cannot be read: {reason(error)}") from None
        document, faults = parse(text, str(self.config))
        data = document.data
        if faults or not isinstance(data, dict):
            copy = self.resume / self.config.name
            cure = "replace the run with --overwrite"
            if copy.exists():
                cure = f"put its copy in its place: {copy}"
            raise RunError(f"{self.config} is damaged; {cure}")
        return with_new_defaults(data)

    def holds(self, config: str) -> bool:
        """Return whether its config.yaml is exactly this text, as beenet writes it."""
        with contextlib.suppress(OSError):
            return read_plain(self.config) == config.encode()
        return False

    def check_same(self, config: Any, there: Any = None) -> None:
        """Check that the folder's run has this resolved config, as plain data.

        Args:
            config: the requested config.
            there: the run's config, if it was read already.

        Raises:
            RunError: it has another; names the keys that differ, up to a limit.
        """
        if lines := difference_lines(there or self.read_config(), config):
            raise RunError(
                f"{self.path} holds a run of another config:\n{lines}\n"
                "choose another folder with --run-dir, or replace it with --overwrite"
            )

    @contextlib.contextmanager
    def locked(self, *, replacing: bool = False) -> Iterator[None]:
        """Create the folder and keep other processes out of it.

        Folders created here are removed again if they stay empty.

        Args:
            replacing: accept files that are named like a run's though the folder holds
                no run; they may be removed.

        Raises:
            RunError: another process trains into it, it cannot be written, or it holds
                files that are not a run's.
        """
        self._check_name()
        made = [p for p in (self.path, *self.path.parents) if not p.exists()]
        with explain_write_errors(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            self._refuse_strangers(replacing)
        busy = (
            f"{self.path} is being written by another beenet; wait for it, or choose "
            "another folder with --run-dir"
        )
        with contextlib.ExitStack() as held:
            held.callback(_remove_empty, made)
            with explain_write_errors(self.path):
                held.enter_context(locks.locked(self.path / _LOCK, busy))
            try:
                yield
            finally:
                with contextlib.suppress(OSError):
                    # Else it stays, because removing it would let two in at once.
                    if set(os.listdir(self.path)) <= {_LOCK, _LOCK + locks.SOFT}:
                        (self.path / _LOCK).unlink()

    def _check_name(self) -> None:
        """Refuse a name with which a training would fail, but only at its end."""
        try:
            str(self.path).encode()
        except UnicodeEncodeError:
            raise RunError(
                f"{self.path}: its name is not UTF-8, and TensorFlow cannot write "
                "there; choose another folder with --run-dir"
            ) from None
        if self.path.is_symlink() and not self.path.exists():
            raise RunError(
                f"{self.path} is a link to {os.readlink(self.path)}, which is not "
                "there; make that, or choose another folder with --run-dir"
            )

    def _refuse_strangers(self, replacing: bool) -> None:
        """Refuse a folder without a run but with files, even if named like a run's."""
        if self._has_checkpoints() or (self.metrics.exists() and self.config.exists()):
            return
        for path in sorted(self.path.iterdir()):
            is_named_so = any(map(path.match, _OWN))
            kept = path.name.startswith(".") or path == self.looks
            if not kept and not (replacing and is_named_so):
                anew = ", or replace it with --overwrite" if is_named_so else ""
                raise RunError(
                    f"{self.path} holds other files, such as {path.name}; choose "
                    f"another folder with --run-dir{anew}"
                )

    def clear(self) -> None:
        """Remove the run's files, and only those, except looks.csv.

        Looks at held-out data still count, whatever is trained next.
        """
        # metrics.json first: a half removed run must not look finished.
        self.metrics.unlink(missing_ok=True)
        for pattern in _OWN:
            for path in self.path.glob(pattern):
                if path != self.looks:
                    path.unlink()
        shutil.rmtree(self.resume, ignore_errors=True)

    def read_metrics(self) -> RunMetrics:
        """Return metrics.json, checked.

        Raises:
            RunError: it cannot be read, or is not what this version of beenet writes.
        """
        return read_run_metrics(self.metrics)

    def read_hashes(self) -> dict[str, str]:
        """Return file name to SHA-256 of a finished run's data files.

        Raises:
            RunError: provenance.json cannot be read.
        """
        try:
            return dict(read_json(self.provenance)["data"]["sha256"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(
                f"{self.provenance} cannot be read: {reason(error)}"
            ) from None


def difference_lines(there: Any, asked: Any) -> str:
    """Return a line for each key in which two resolved configs differ, up to 8."""
    differ = differences(there, asked)
    lines = [
        f"  {change.key}: {change.first} there, {change.second} asked for"
        for change in differ[:_MAX_DIFFERENCES]
    ]
    if len(differ) > _MAX_DIFFERENCES:
        lines.append(f"  and {len(differ) - _MAX_DIFFERENCES} more")
    return "\n".join(lines)


def _remove_empty(folders: list[Path]) -> None:
    """Remove folders, innermost first, up to the first that is not empty."""
    with contextlib.suppress(OSError):
        for folder in folders:
            folder.rmdir()
