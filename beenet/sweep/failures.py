"""The record of a sweep's failed trials: failed.json in its folder."""

from collections.abc import Iterable
from pathlib import Path

from beenet.config.identity import config_digest
from beenet.errors import SweepError
from beenet.runs.failed import FAILED, read_failed
from beenet.sweep.trials import Trial
from beenet.system import files
from beenet.system.write_errors import explain_write_errors
from beenet.text.words import reason


class Failures:
    """Why trials failed, by trial; written only by the process that has the lock."""

    def __init__(self, folder: Path) -> None:
        """Read the record of a sweep's folder, if there is one.

        Raises:
            SweepError: it cannot be read.
        """
        self._path = folder / FAILED
        self._found: dict[str, dict[str, str]] = {}
        if self._path.exists():
            try:
                self._found = read_failed(self._path)
            except (OSError, ValueError) as error:
                raise SweepError(
                    f"{self._path} cannot be read: {reason(error)}; without it, failed "
                    "trials are tried again: remove it"
                ) from None

    def reasons(self, trials: Iterable[Trial]) -> dict[str, str]:
        """Return why trials failed, by name, for those that failed with this config.

        A failure with an earlier config, since corrected, does not count.
        """
        return {
            trial.name: self._found[trial.name]["reason"]
            for trial in trials
            if trial.name in self._found
            and self._found[trial.name]["config"] == config_digest(trial.config)
        }

    def add(self, trial: Trial, reason: str) -> None:
        """Record a failure."""
        self._found[trial.name] = {
            "reason": reason,
            "config": config_digest(trial.config),
        }
        self._write()

    def forget(self, trial: str) -> None:
        """Remove the record of a failure, if there is one."""
        if self._found.pop(trial, None) is not None:
            self._write()

    def _write(self) -> None:
        with explain_write_errors(self._path, "--runs"):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._found:
                files.write_json(self._path, self._found)
            else:
                self._path.unlink(missing_ok=True)
