"""Writes TensorBoard's event file: the epochs' scalars, the config, final scores."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from beenet.errors import RunError
from beenet.runs.history import Epoch
from beenet.system.write_errors import is_disk_full, with_number
from beenet.tflearn_backend import tf
from beenet.tracking.hparams import session_end, session_start


class EventWriter:
    """Appends to an ``events.out.tfevents.*`` file, created at the first write."""

    def __init__(
        self,
        folder: Path,
        hparams: Mapping[str, bool | int | float | str],
        started: float,
    ) -> None:
        """Name the folder; nothing is written yet.

        Args:
            folder: the run's.
            hparams: the run's values for TensorBoard's HParams page, by name.
            started: when the run started, in seconds since 1970.
        """
        self._folder = folder
        self._hparams = hparams
        self._started = started
        self._writer: Any = None

    def write(self, row: Epoch) -> None:
        """Append one epoch.

        Raises:
            RunError: it cannot be written.
        """
        self._append(row.step, _scalars(row.scalars()))

    def finish(self, step: int, scores: Mapping[str, float]) -> None:
        """Append the final scores, and the end of the run.

        Args:
            step: the last step.
            scores: name to score.

        Raises:
            RunError: it cannot be written.
        """
        self._append(step, _scalars(scores), session_end(time.time()))

    def close(self) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()

    def _append(self, step: int, *summaries: Any) -> None:
        try:
            if self._writer is None:
                with tf.Graph().as_default():  # else it would add the default graph
                    self._writer = tf.summary.FileWriter(str(self._folder))
                start = session_start(self._hparams, self._started)
                self._writer.add_summary(start)
            for summary in summaries:
                self._writer.add_summary(summary, step)
            self._writer.flush()
        except (OSError, tf.errors.OpError) as error:
            told = RunError(f"cannot write events into {self._folder}: {error}")
            if not isinstance(error, OSError):  # "<path>; No space left on device"
                error = with_number(error.message.rpartition("; ")[2])
            told.disk_full = is_disk_full(error)
            raise told from None


def _scalars(values: Mapping[str, float]) -> Any:
    return tf.Summary(
        value=[tf.Summary.Value(tag=k, simple_value=v) for k, v in values.items()]
    )


def read_events(folder: Path) -> list[tuple[int, str, float]]:
    """Return the scalars of a folder's event files: step, tag and value."""
    return [
        (event.step, value.tag, value.simple_value)
        for path in sorted(folder.glob("events.out.tfevents.*"))
        for event in tf.train.summary_iterator(str(path))
        for value in event.summary.value
        if value.HasField("simple_value")
    ]
