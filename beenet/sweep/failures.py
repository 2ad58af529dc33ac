"""The record of a sweep's failed trials: failed.json in its folder."""

import json
from pathlib import Path

from beenet import files
from beenet.errors import SweepError
from beenet.runs import explained


class Failures:
    """Why trials failed, by trial; only the process that holds the sweep writes it."""

    def __init__(self, folder: Path) -> None:
        """Read the record of a sweep's folder, if there is one.

        Raises:
            SweepError: it cannot be read.
        """
        self._path = folder / "failed.json"
        self.reasons: dict[str, str] = {}
        if self._path.exists():
            try:
                self.reasons = dict(json.loads(self._path.read_text(encoding="utf-8")))
            except (OSError, ValueError, TypeError) as error:
                raise SweepError(
                    f"{self._path} cannot be read: {error}; without it, failed trials "
                    "are tried again: remove it"
                ) from None

    def add(self, trial: str, reason: str) -> None:
        """Record a failure."""
        self.reasons[trial] = reason
        self._write()

    def forget(self, trial: str) -> None:
        """Forget a failure that was made good."""
        if self.reasons.pop(trial, None) is not None:
            self._write()

    def _write(self) -> None:
        with explained(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self.reasons:
                files.write_json(self._path, self.reasons)
            else:
                self._path.unlink(missing_ok=True)
