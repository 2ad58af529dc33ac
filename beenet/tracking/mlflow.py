"""Sends the contents of a run folder to MLflow.

The folder is authoritative: all that is sent is read from it, what MLflow has already
is not sent again, and a run continues if MLflow does not answer. MLflow's run is found
by a tag derived from the config and the start of the training, so that nothing of
MLflow is stored with the run: a resumed run finds its own.
"""

import getpass
import hashlib
import json
import logging
import os
import re
import shlex
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from beenet import __version__
from beenet.config import Config, plain
from beenet.config.flat import said
from beenet.config.tracking import Mlflow
from beenet.errors import RunError
from beenet.runs.folder import MODEL, RunFolder
from beenet.runs.history import Epoch, read_csv
from beenet.system import locks
from beenet.system.plain_files import read_json
from beenet.text.words import first_line

Status = Literal["FINISHED", "FAILED", "KILLED"]

_EVERY = 10.0
"""Seconds between two reports during a training."""
_AT_ONCE = 100
"""The most params that MLflow accepts in one request."""
_LONGEST_KEY, _LONGEST_VALUE = 250, 6000
_ID = "beenet.id"
_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",  # else a dead server delays a training
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",  # for minutes
}
"""Environment variables that are set unless the user has set them."""


class Tracker:
    """Reports one run to MLflow; a failure there is reported once and stops nothing."""

    def __init__(
        self,
        settings: Mlflow,
        config: Config,
        folder: RunFolder,
        warn: Callable[[str], None],
        started: str | None = None,
        repeats: str | None = None,
    ) -> None:
        """Name the run; nothing is sent yet.

        Args:
            settings: the MLflow server and experiment.
            config: the run's.
            folder: the run's.
            warn: called once, with a message, if MLflow is missing or fails.
            started: when the training began; None for the time in provenance.json.
            repeats: a digest that is equal for runs which differ only in their seed;
                None for that in metrics.json.
        """
        self._settings, self._config, self._folder = settings, config, folder
        self._warn, self._started, self._repeats = warn, started, repeats
        self._told = float("-inf")
        self._failed = False
        self._run: _MlflowRun | None = None

    def tell(self) -> None:
        """Send the new epochs, if the last report is at least 10 seconds ago."""
        if not self._failed and time.monotonic() - self._told >= _EVERY:
            self._try(None)

    def end(self, status: Status) -> None:
        """Send all that is new, and how the training ended."""
        self._try(status)

    def _try(self, status: Status | None) -> None:
        try:
            if self._run is None:
                with _alone(self._settings.uri):
                    self._run = _MlflowRun(
                        self._settings,
                        self._config,
                        self._folder,
                        self._began(),
                        self._repeating(),
                    )
            self._run.bring_up_to_date(status)
        except Exception as error:  # of MLflow, its database, or the network
            if not self._failed:
                self._warn(
                    f"MLflow is not told of {self._folder.path}: {first_line(error)}; "
                    "the run is not touched by that; to tell it later: beenet train "
                    f"{self._folder.config} --run-dir {self._folder.path} "
                    f"-o {_flag(self._settings)}"
                )
            self._failed = True
        self._told = time.monotonic()

    def _began(self) -> str:
        if self._started is None:
            self._started = str(read_json(self._folder.provenance)["started"])
        return self._started

    def _repeating(self) -> str | None:
        # A run of an older version may have no digest.
        return self._repeats or self._folder.read_metrics().but_for_seed


class _MlflowRun:
    """A run in MLflow, and the data that it has already."""

    def __init__(
        self,
        settings: Mlflow,
        config: Config,
        folder: RunFolder,
        started: str,
        repeats: str | None,
    ) -> None:
        """Find or create it; runs that differ only in their seed share `repeats`."""
        self._client, self._folder = _client(settings.uri), folder
        self._with_model = settings.model
        experiment = self._experiment(settings.experiment)
        identity = json.dumps([plain(config), started]).encode()
        whose = hashlib.sha256(identity).hexdigest()[:32]
        found = self._client.search_runs(
            [experiment], filter_string=f"tags.`{_ID}` = '{whose}'", max_results=1
        )
        self._began_at = round(datetime.fromisoformat(started).timestamp() * 1000)
        if found:
            run = found[0]
        else:
            run = self._client.create_run(
                experiment,
                start_time=self._began_at,
                run_name=config.name,
                tags={
                    _ID: whose,
                    "beenet.run_dir": str(folder.path.resolve()),
                    **({"beenet.but_for_seed": repeats} if repeats else {}),
                    "beenet.dataset": config.dataset.title,
                    "beenet.version": __version__,
                },
            )
        self._id, self._status = run.info.run_id, run.info.status
        points = self._client.get_metric_history(self._id, "test/accuracy")
        self._steps = {point.step for point in points}
        self._scored = "final/valid/accuracy" in run.data.metrics
        self._tell_params(config, run.data.params)

    def bring_up_to_date(self, status: Status | None) -> None:
        """Send what is new, and how the training ended; None while it runs."""
        history = (
            read_csv(self._folder.history) if self._folder.history.exists() else []
        )
        self._tell_epochs(history)
        if status == "FINISHED" and not self._scored:
            self._tell_scores(history)
        if status and status != self._status:
            self._client.set_terminated(self._id, status)
        elif not status and self._status != "RUNNING":  # it was stopped and resumed
            self._client.update_run(self._id, "RUNNING")
        self._status = status or "RUNNING"

    def _experiment(self, name: str) -> str:
        found = self._client.get_experiment_by_name(name)
        return str(
            found.experiment_id if found else self._client.create_experiment(name)
        )

    def _tell_params(self, config: Config, known: Mapping[str, str]) -> None:
        from mlflow.entities import Param

        params = [
            Param(key, str(value)[:_LONGEST_VALUE])
            for key, value in _params(config).items()
            if key not in known
        ]
        for i in range(0, len(params), _AT_ONCE):
            self._client.log_batch(self._id, params=params[i : i + _AT_ONCE])

    def _tell_epochs(self, history: Sequence[Epoch]) -> None:
        seconds = 0.0
        for row in history:
            seconds += row.seconds
            if row.step not in self._steps:
                self._tell_numbers(row.scalars(), row.step, seconds)
                self._steps.add(row.step)

    def _tell_scores(self, history: Sequence[Epoch]) -> None:
        """Send the files and, last, the final scores."""
        seconds = sum(row.seconds for row in history)
        for path in self._files():
            self._client.log_artifact(self._id, str(path))
        scores = self._folder.read_metrics().final_scores()
        self._tell_numbers(scores, history[-1].step, seconds)
        self._scored = True

    def _tell_numbers(
        self, numbers: Mapping[str, float], step: int, seconds: float
    ) -> None:
        from mlflow.entities import Metric

        moment = self._began_at + round(seconds * 1000)
        metrics = [Metric(name, n, moment, step) for name, n in numbers.items()]
        self._client.log_batch(self._id, metrics=metrics)

    def _files(self) -> list[Path]:
        folder = self._folder
        model = [*folder.path.glob(f"{MODEL}.*"), folder.path / "checkpoint"]
        files = [
            folder.config,
            folder.history,
            folder.metrics,
            folder.provenance,
            folder.curves,
            folder.confusion,
            *(model if self._with_model else []),
        ]
        return [path for path in files if path.exists()]


def _alone(uri: str | None) -> AbstractContextManager[None]:
    """Keep other beenet processes out while MLflow opens a local database.

    It creates the tables of a new one; several processes at once, as in a sweep, would
    fail.
    """
    if (uri or os.environ.get("MLFLOW_TRACKING_URI", "")).startswith("http"):
        return nullcontext()
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        user = str(os.getuid())
    return locks.locked(Path(tempfile.gettempdir(), f"beenet-mlflow-{user}.lock"))


def _client(uri: str | None) -> Any:
    """Import MLflow and return a client, with few log messages and short timeouts."""
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        from mlflow import MlflowClient
    except ImportError:
        raise RunError("it needs MLflow: pip install 'beenet[mlflow]'") from None
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return MlflowClient(tracking_uri=uri)


def _params(config: Config) -> dict[str, Any]:
    """Return a config's values by keys without [], which MLflow forbids, and cut to
    MLflow's limit: ``layers.0.conv_2d.nb_filter``."""
    return {
        re.sub(r"[^\w.\-/ ]", "_", ".".join(map(str, path)))[:_LONGEST_KEY]: value
        for path, value in said(config).items()
    }


def _flag(settings: Mlflow) -> str:
    """Return settings as the value of ``-o``, quoted for a shell."""
    changed = settings.model_dump(exclude_defaults=True)
    return shlex.quote(
        f"tracking={json.dumps({'mlflow': changed}) if changed else 'mlflow'}"
    )
