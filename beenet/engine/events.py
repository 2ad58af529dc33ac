"""TensorBoard's event file: an epoch's losses, metrics and learning rate."""

from pathlib import Path
from typing import Any

from beenet.errors import RunError
from beenet.history import Epoch
from beenet.tflearn_backend import tf


class EventWriter:
    """Appends to an ``events.out.tfevents.*`` file, made with the first epoch."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is written yet."""
        self._folder = folder
        self._writer: Any = None

    def write(self, row: Epoch) -> None:
        """Append one epoch.

        Raises:
            RunError: it cannot be written.
        """
        try:
            if self._writer is None:
                with tf.Graph().as_default():  # or it would add the default graph
                    self._writer = tf.summary.FileWriter(str(self._folder))
            scalars = {
                "train/loss": row.train_loss,
                "train/accuracy": row.train_accuracy,
                "test/loss": row.test_loss,
                "test/accuracy": row.test_accuracy,
                **{
                    name.replace("train_", "train/"): n for name, n in row.extra.items()
                },
            }
            summary = tf.Summary(
                value=[
                    tf.Summary.Value(tag=tag, simple_value=value)
                    for tag, value in scalars.items()
                    if value is not None
                ]
            )
            self._writer.add_summary(summary, row.step)
            self._writer.flush()
        except (OSError, tf.errors.OpError) as error:
            raise RunError(
                f"cannot write events into {self._folder}: {error}"
            ) from None

    def close(self) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()


def read_events(folder: Path) -> list[tuple[int, str, float]]:
    """Return the scalars of a folder's event files: step, tag and value."""
    return [
        (event.step, value.tag, value.simple_value)
        for path in sorted(folder.glob("events.out.tfevents.*"))
        for event in tf.train.summary_iterator(str(path))
        for value in event.summary.value
    ]
