"""Checkpoints: all that a training needs to resume as if it had never stopped.

Each is one file, named after its position and the SHA-256 of its bytes, so that a
truncated or altered file is detected before it is parsed. The newest two are kept.
"""

import contextlib
import hashlib
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from beenet.config.faults import format_path
from beenet.errors import RunError
from beenet.runs.folder import CONFIG, RunFolder
from beenet.runs.history import Epoch
from beenet.runs.looks import Look, note_look
from beenet.runs.origin import Origin
from beenet.runs.position import Position
from beenet.system import files
from beenet.system.npz import from_npz, to_npz
from beenet.system.write_errors import explain_write_errors
from beenet.text.values import show
from beenet.text.words import reason

FORMAT = 2
"""Incremented whenever another version of beenet could misread a checkpoint."""

_NAME = re.compile(r"(?P<epoch>\d{6})-(?P<step>\d{9})-(?P<digest>[0-9a-f]{32})\.npz")
_BEST = re.compile(r"best-(?P<epoch>\d{6})-(?P<digest>[0-9a-f]{32})\.npz")
_VARIABLE = "variable/"

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Checkpoint:
    """A position, and the state from which training reaches the same result."""

    position: Position
    """How far the training has got."""
    variables: Arrays
    """Every variable by name; empty if the saved model has them."""
    origin: Origin
    """What the run started with."""
    best: tuple[int, Arrays] | None = None
    """The best epoch, from 1, and the variables after it, if the best is kept."""
    model: str | None = None
    """The digest of the saved model, once it exists."""


class _State(BaseModel):
    """The part of a checkpoint that is not arrays; see `_flatten`."""

    history: tuple[Epoch, ...]
    seconds: float
    best: int | None
    origin: Origin
    model: str | None = None


class _Damaged(Exception):
    """A file whose contents are not what was written."""


class Checkpoints:
    """The checkpoints in a run folder."""

    def __init__(self, folder: RunFolder, *, replaces: bool) -> None:
        """Set where checkpoints are kept.

        Args:
            folder: the run's folder, locked.
            replaces: the first checkpoint saved begins a new run, which replaces
                the run that is in the folder until then.
        """
        self._folder = folder
        self._replaces = replaces
        self.latest: Position | None = None
        """The position saved or read last."""
        self._best: int | None = None

    @property
    def began(self) -> bool:
        """Whether the folder already belongs to this run."""
        return not self._replaces

    def save(self, checkpoint: Checkpoint, config: str) -> None:
        """Save a checkpoint; the previous one stays until this one is complete.

        Args:
            checkpoint: what to save.
            config: the text of the run's resolved config.

        Raises:
            RunError: the disk is full or read-only; the previous one is untouched.
        """
        with explain_write_errors(self._folder.path):
            place = self._folder.staged if self._replaces else self._folder.resume
            if self._replaces:
                place.mkdir(exist_ok=True)
                files.write_text(place / CONFIG, config)
            saved = self._write(place, checkpoint)
            if self._replaces:
                self._note_last_look()
                self._folder.promote()
                self._replaces = False
            slots = _slots(self._folder.resume)
            for path in slots:
                # Damaged, or the training would have resumed from there.
                if path.name != saved.name and _at(path) >= _at(saved):
                    path.unlink()
            _keep([path for path in slots if _at(path) < _at(saved)], 1)
            # The older checkpoint needs the best weights or the previous best ones.
            _keep(_bests(self._folder.resume), 2)

    def _note_last_look(self) -> None:
        """Count the scoring on valid that ended a run which is about to be replaced."""
        # There may be no metrics, or none that can be read.
        with contextlib.suppress(RunError):
            metrics = self._folder.read_metrics()
            look = Look(metrics.dataset, "valid", metrics.data or "")
            note_look(self._folder, look)

    def finish(self, checkpoint: Checkpoint) -> None:
        """Keep one checkpoint with a finished run, so that it can be extended.

        Raises:
            RunError: the disk is full or read-only.
        """
        with explain_write_errors(self._folder.path):
            kept = self._write(self._folder.resume, checkpoint)
            for path in _slots(self._folder.resume):
                if path != kept:
                    path.unlink()
            _keep(_bests(self._folder.resume), 1)

    def _write(self, place: Path, checkpoint: Checkpoint) -> Path:
        if checkpoint.best and checkpoint.best[0] != self._best:
            self._best, arrays = checkpoint.best
            _write_arrays(place, f"best-{self._best:06}", arrays)
        position = checkpoint.position
        stem = f"{position.epoch:06}-{position.step:09}"
        path = _write_arrays(place, stem, _flatten(checkpoint))
        self.latest = position
        return path

    def newest(self, warn: Callable[[str], None]) -> Checkpoint | None:
        """Return the newest undamaged checkpoint; None if there is none.

        Args:
            warn: called with a message for each damaged checkpoint.

        Raises:
            RunError: another version of beenet wrote it, or it cannot be read.
        """
        found = _slots(self._folder.resume)
        for path in reversed(found):
            try:
                checkpoint = _read(path)
            except _Damaged as error:
                then = "going on from the beginning"
                if path != found[0]:
                    then = "going on from the one before"
                elif self._replaces:
                    then = "there is no other"
                warn(f"{path} is damaged ({error}): {then}")
                continue
            except OSError as error:
                raise RunError(f"{path} cannot be read: {reason(error)}") from None
            self.latest = checkpoint.position
            return checkpoint
        return None


def _at(path: Path) -> str:
    """Return the epoch and the step in a checkpoint's name."""
    return path.name.rpartition("-")[0]


def _slots(place: Path) -> list[Path]:
    """Return the checkpoints in a folder, oldest first."""
    return sorted(path for path in place.glob("*.npz") if _NAME.fullmatch(path.name))


def _bests(place: Path) -> list[Path]:
    """Return the files of best weights in a folder, earliest epoch first."""
    return sorted(path for path in place.glob("*.npz") if _BEST.fullmatch(path.name))


def _flatten(checkpoint: Checkpoint) -> Arrays:
    """Return a checkpoint as named arrays, without the best weights."""
    position = checkpoint.position
    state = {
        "format": FORMAT,
        "history": [asdict(row) for row in position.history],
        "seconds": position.seconds,
        "best": checkpoint.best[0] if checkpoint.best else None,
        "origin": checkpoint.origin.model_dump(by_alias=True),
        "model": checkpoint.model,
    }
    arrays = {_VARIABLE + name: array for name, array in checkpoint.variables.items()}
    arrays["losses"], arrays["metrics"] = position.losses, position.metrics
    arrays["state"] = np.frombuffer(json.dumps(state).encode(), np.uint8)
    return arrays


def _write_arrays(place: Path, stem: str, arrays: Arrays) -> Path:
    """Write arrays into a file whose name ends with the digest of its bytes."""
    data = to_npz(arrays, packed=False)
    path = place / f"{stem}-{_digest(data)}.npz"
    files.write_bytes(path, data)
    return path


def _read(path: Path) -> Checkpoint:
    arrays = _read_arrays(path, _NAME)
    try:
        state = json.loads(bytes(arrays.pop("state")))
        if state["format"] != FORMAT:
            raise RunError(
                f"{path} has format {show(state['format'])}, this beenet goes on "
                f"from {FORMAT}; use the beenet that wrote it, or --overwrite"
            )
        state = _State.model_validate(state)
        losses, metrics = arrays.pop("losses"), arrays.pop("metrics")
        if not {losses.dtype, metrics.dtype} == {np.dtype(np.float32)}:
            raise _Damaged("its losses are no numbers")
        if losses.ndim != 1 or losses.shape != metrics.shape:
            raise _Damaged("it has not one loss and one metric a step")
        position = Position(state.history, losses, metrics, state.seconds)
        best = None
        if state.best is not None:
            best = (state.best, _read_best(path.parent, state.best))
        variables = {k.removeprefix(_VARIABLE): v for k, v in arrays.items()}
        return Checkpoint(position, variables, state.origin, best, state.model)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = format_path(first["loc"])
        raise _Damaged(f"its {where}: {first['msg']}") from None
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise _Damaged(f"{error!r}") from None


def _read_best(place: Path, epoch: int) -> Arrays:
    for path in place.glob(f"best-{epoch:06}-*.npz"):
        with contextlib.suppress(_Damaged):
            return _read_arrays(path, _BEST)
    raise _Damaged(f"the weights of epoch {epoch}, the best, are gone")


def _read_arrays(path: Path, pattern: re.Pattern[str]) -> Arrays:
    data, name = path.read_bytes(), pattern.fullmatch(path.name)
    if not name or _digest(data) != name["digest"]:
        raise _Damaged("its bytes are not those that were written")
    try:
        return from_npz(io.BytesIO(data), len(data))  # nothing in it is compressed
    except ValueError as error:  # forged: the digest fits, the content does not
        raise _Damaged(str(error)) from None


def _digest(data: bytes | memoryview) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _keep(paths: Sequence[Path], count: int) -> None:
    """Remove all but the last ``count`` files."""
    for path in paths[: max(0, len(paths) - count)]:
        path.unlink()
