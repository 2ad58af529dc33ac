"""The data sets of a sweep's trials; each is opened only once."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

from beenet.config import Config
from beenet.datasets.configured import open_data
from beenet.errors import BeenetError
from beenet.sweep.trials import Trial


class DataSets:
    """The data sets that configs name, on this machine."""

    def __init__(self, data_dir: Path | None = None) -> None:
        """Store the place; nothing is opened yet.

        Args:
            data_dir: where the data sets are installed; None for the usual place.
        """
        self._data_dir = data_dir
        self._known: dict[str, dict[str, str] | BeenetError] = {}

    def hashes(self, config: Config) -> dict[str, str]:
        """Return file name to SHA-256 of a config's data; empty if they cannot be read.

        Args:
            config: a trial's.
        """
        with contextlib.suppress(BeenetError):  # `require` reports the reason
            return self._hashes(config)
        return {}

    def require(self, trials: Iterable[Trial]) -> None:
        """Open the data of trials, so that missing ones are reported before training.

        Args:
            trials: those that will be trained.

        Raises:
            DatasetError: a data set is missing or not valid.
        """
        for trial in trials:
            self._hashes(trial.config)

    def _hashes(self, config: Config) -> dict[str, str]:
        section = repr(config.dataset)
        if section not in self._known:
            try:
                self._known[section] = open_data(config, self._data_dir).hashes
            except BeenetError as error:  # it is not tried again for each trial
                self._known[section] = error
        found = self._known[section]
        if isinstance(found, BeenetError):
            raise found
        return found
