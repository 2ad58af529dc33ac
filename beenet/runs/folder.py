"""The run folder: what lies in it, who may write to it, and how it is read back."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from beenet.config.differences import differences
from beenet.config.load import with_new_defaults
from beenet.config.yaml_text import parse
from beenet.errors import RunError
from beenet.runs.metrics_file import RunMetrics, read_run_metrics
from beenet.system import files, locks
from beenet.system.plain_files import read_json, read_plain
from beenet.system.write_errors import explain_write_errors
from beenet.text.words import reason

CONFIG = "config.yaml"
METRICS = "metrics.json"
"""Written last: where it is, the run is finished."""
MODEL = "model.tfl"
"""The prefix of the saved model's files."""
RESUME = ".resume"
"""The folder of its checkpoints."""
_STAGED = f"{RESUME}.new"
_CHECKPOINT = "[0-9]*-[0-9]*-*.npz"
"""One of them; the best weights alone are none."""
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
)
"""What a run writes. Nothing else in the folder is ever removed."""

_MAX_DIFFERENCES = 8

State = Literal["new", "unfinished", "finished"]


class RunFolder:
    """One run's folder. Only its own files are ever touched."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is read or made yet."""
        self.path = path
        self.config = path / CONFIG
        self.model = path / MODEL
        self.history = path / "history.csv"
        self.provenance = path / "provenance.json"
        self.metrics = path / METRICS
        self.curves = path / "curves.png"
        self.confusion = path / "confusion.png"
        self.outcomes = path / "outcomes.npz"
        """What became of each example: see `beenet.scores.outcomes`."""
        self.looks = path / "looks.csv"
        """How often it was scored: see `beenet.runs.looks`."""
        self.resume = path / RESUME
        """Its checkpoints."""
        self.staged = path / _STAGED
        """Those of a run that is to replace the one here, up to its first."""

    def state(self) -> State:
        """Return how far the run got; metrics.json is written last."""
        if self.metrics.exists():
            return "finished"
        begun = self.config.exists() and self._has_checkpoints()
        return "unfinished" if begun else "new"

    def _has_checkpoints(self) -> bool:
        return any(self.resume.glob(_CHECKPOINT)) or self._is_staged()

    def events(self) -> list[Path]:
        """Return TensorBoard's event files."""
        return sorted(self.path.glob("events.out.tfevents.*"))

    def settle(self) -> None:
        """Put right what a killed process left; the folder must be locked."""
        files.clear_leftovers(self.path)
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
        """Let the run that is coming, which has a checkpoint, replace the one here.

        May be cut short anywhere, and is then done by `settle`.
        """
        config = (self.staged / CONFIG).read_bytes()
        self.clear()
        files.write_bytes(self.config, config)
        self.staged.rename(self.resume)
        files.sync_folder(self.path)

    def discard_staged(self) -> None:
        """Forget a run that came to nothing, which is one without a checkpoint.

        With one it may have begun to replace the one here: `settle` ends that.
        """
        if not self._is_staged():
            with contextlib.suppress(OSError):  # what else may lie there is not ours
                for path in (self.staged / CONFIG, *self.staged.glob("*.npz")):
                    path.unlink(missing_ok=True)
                self.staged.rmdir()

    def _is_staged(self) -> bool:
        return any(self.staged.glob(_CHECKPOINT))

    def read_config(self) -> Any:
        """Return the resolved config of the folder's run, as plain data.

        Keys that beenet did not know when the run was made have their defaults, so
        that it is still the run of the same config.

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
        """Return whether its config.yaml is this text, which no person writes."""
        with contextlib.suppress(OSError):
            return read_plain(self.config) == config.encode()
        return False

    def check_same(self, config: Any, there: Any = None) -> None:
        """Check that the folder's run has this resolved config, as plain data.

        Args:
            config: the one asked for.
            there: the run's, if it was read already.

        Raises:
            RunError: it has another; names each key that differs.
        """
        if lines := difference_lines(there or self.read_config(), config):
            raise RunError(
                f"{self.path} holds a run of another config:\n{lines}\n"
                "choose another folder with --run-dir, or replace it with --overwrite"
            )

    @contextlib.contextmanager
    def locked(self, *, replacing: bool = False) -> Iterator[None]:
        """Make the folder and keep other processes out of it.

        What this made is taken away again if it stays empty.

        Args:
            replacing: files of a run's names may go, though no run left them here.

        Raises:
            RunError: another process trains into it, it cannot be written, or holds
                files that are none of a run's.
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
                    # Elsewhere it stays, because removing it would let two in at once.
                    if set(os.listdir(self.path)) <= {_LOCK, _LOCK + locks.SOFT}:
                        (self.path / _LOCK).unlink()

    def _check_name(self) -> None:
        """Refuse a name under which a training would fail, but only at its end."""
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
        """Refuse a folder of somebody else's files, whatever they are called."""
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
        """Remove the run's files, and only those; but for looks, which were taken.

        Whoever looked at held-out data has seen them, whatever is trained next.
        """
        # metrics.json first: what is half removed must not look finished.
        self.metrics.unlink(missing_ok=True)
        for pattern in _OWN:
            for path in self.path.glob(pattern):
                if path != self.looks:
                    path.unlink()
        shutil.rmtree(self.resume, ignore_errors=True)

    def read_metrics(self) -> RunMetrics:
        """Return metrics.json, checked.

        Raises:
            RunError: it cannot be read, or is not what a run of this beenet writes.
        """
        return read_run_metrics(self.metrics)

    def read_hashes(self) -> dict[str, str]:
        """Return the SHA-256 of a finished run's data files, by their names.

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
    """Say, a line each, in which keys two resolved configs differ, if they do."""
    differ = differences(there, asked)
    lines = [
        f"  {change.key}: {change.first} there, {change.second} asked for"
        for change in differ[:_MAX_DIFFERENCES]
    ]
    if len(differ) > _MAX_DIFFERENCES:
        lines.append(f"  and {len(differ) - _MAX_DIFFERENCES} more")
    return "\n".join(lines)


def _remove_empty(folders: list[Path]) -> None:
    """Remove folders, innermost first, up to one that holds something."""
    with contextlib.suppress(OSError):
        for folder in folders:
            folder.rmdir()
