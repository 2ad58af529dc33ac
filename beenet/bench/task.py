"""The task of a comparison's contestants: net, data, initial weights, batches."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from beenet.config import Config, load_config
from beenet.datasets import Dataset, Split
from beenet.datasets.configured import open_data, open_split
from beenet.datasets.synth import synth
from beenet.errors import DatasetError
from beenet.registry import REGISTRY

STAND_IN = 5000
"""Training examples of a stand-in: some hundreds of steps."""


@dataclass(frozen=True)
class Task:
    """One config on its data; contestants exchange arrays through a folder."""

    config_file: Path
    """The config."""
    overrides: tuple[str, ...]
    """As after ``-o``."""
    data_dir: Path | None
    """Where data sets are installed; None for the usual place."""
    folder: Path
    """Contains ``weights.npz``, ``rows.npy``, and contestants' temporary files."""

    @cached_property
    def config(self) -> Config:
        """The config, read and checked."""
        return load_config(self.config_file, self.overrides).config

    @cached_property
    def dataset(self) -> Dataset:
        """The data set, opened without TensorFlow.

        Raises:
            DatasetError: it is not installed, or is invalid.
        """
        return open_data(self.config, self.data_dir)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one example as the first layer takes it."""
        return self.config.input_shape(self.dataset.shape)

    def split(self, name: str = "train") -> Split:
        """Return a split in the shape of the network's input."""
        return open_split(self.config, self.dataset, name)

    def schedule(self, steps: int) -> "Schedule":
        """Return the schedule of about ``steps`` steps over the train split."""
        n = self.dataset.counts["train"]
        batch_size = min(n, self.config.training.batch_size)
        whole = n // batch_size
        if steps < whole:
            return Schedule(1, steps, batch_size, whole)
        return Schedule(max(1, round(steps / whole)), whole, batch_size, whole)

    def save_weights(self, weights: dict[str, NDArray[np.float32]]) -> None:
        """Save the initial weights, by variable, in the order of the layers."""
        # As keyword arguments: variables are not called "file" or "allow_pickle".
        np.savez(self.folder / "weights.npz", **weights)  # type: ignore[arg-type]

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """Return the initial weights, by variable, in the order of the layers."""
        with np.load(self.folder / "weights.npz") as file:
            return {name: file[name] for name in file.files}

    def save_rows(self, rows: NDArray[np.int64]) -> None:
        """Save the rows of the train split that each step takes, [steps, batch]."""
        np.save(self.folder / "rows.npy", rows)

    def rows(self) -> NDArray[np.int64]:
        """Return the rows of the train split that each step takes, [steps, batch]."""
        rows: NDArray[np.int64] = np.load(self.folder / "rows.npy")
        return rows

    def batches(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return all batches, decoded: [steps, batch, *shape], [steps, batch, k]."""
        rows, split = self.rows(), self.split()
        x = split.rows(rows.ravel())
        return x.reshape(*rows.shape, *self.shape), split.y[rows]


@dataclass(frozen=True)
class Schedule:
    """The batches of one round: only full ones, which every peer supports."""

    epochs: int
    """Passes over the first ``n`` rows of the train split, each in its own order."""
    steps_per_epoch: int
    """Batches in a pass."""
    batch_size: int
    """Examples in a batch."""
    whole: int
    """Full batches in the train split."""

    @property
    def n(self) -> int:
        """Rows of the train split that are used."""
        return self.steps_per_epoch * self.batch_size

    @property
    def steps(self) -> int:
        """Steps in a round."""
        return self.epochs * self.steps_per_epoch

    def __str__(self) -> str:
        if self.steps_per_epoch < self.whole:
            return f"{self.steps:,} of the {self.whole:,} steps of an epoch"
        if self.epochs == 1:
            return f"a whole epoch of {self.steps:,} steps"
        return f"{self.epochs} whole epochs of {self.whole:,} steps"


@contextlib.contextmanager
def open_task(
    config_file: Path,
    overrides: tuple[str, ...] = (),
    *,
    data_dir: Path | None = None,
    synthetic: int | None = None,
) -> Iterator[Task]:
    """Yield a task in a temporary folder, which is deleted afterwards.

    Args:
        config_file: the config.
        overrides: as after ``-o``.
        data_dir: where data sets are installed; None for the usual place.
        synthetic: if the data set is missing, make a temporary stand-in with this
            number of training examples; None makes none.

    Raises:
        ConfigError: the config is not valid.
        DatasetError: the data set is not installed, or is invalid.
    """
    with tempfile.TemporaryDirectory(prefix="beenet-bench-") as name:
        task = Task(config_file, overrides, data_dir, Path(name))
        try:
            _ = task.dataset
        except DatasetError as error:
            wanted = task.config.dataset
            if wanted.path is not None or wanted.name not in REGISTRY:
                raise
            if synthetic is None:
                raise DatasetError(
                    f"{error}; --synthetic measures on a stand-in of {wanted.name}"
                ) from None
            home = task.folder / "data"
            scale = min(1.0, synthetic / REGISTRY[wanted.name].counts["train"])
            synth(wanted.name, scale=scale, data_dir=home)
            task = replace(task, data_dir=home)
        yield task
