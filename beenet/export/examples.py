"""Examples for testing an exported model, and for calibrating 8-bit integers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beenet.datasets import Dataset, Split

_SEED = 1


@dataclass(frozen=True)
class ExportInputs:
    """Examples as the network takes them, and their classes if known."""

    title: str
    """Their source."""
    x: NDArray[np.float32]
    """float32 [n, *shape]."""
    data: str = ""
    """A digest of the data's files; empty for made-up ones."""
    labels: NDArray[np.int64] | None = None
    """int64 [n]; None for random inputs."""


def real_examples(
    dataset: Dataset, split: Split, name: str, limit: int
) -> ExportInputs:
    """Return up to ``limit`` examples, evenly spaced over the whole split."""
    rows = np.unique(np.linspace(0, len(split) - 1, limit).round().astype(np.int64))
    title = f"{dataset.title} {name}"
    return ExportInputs(title, split.rows(rows), dataset.digest, split.labels[rows])


def random_examples(shape: tuple[int, ...], n: int) -> ExportInputs:
    """Return random inputs with values from 0 to 1."""
    x = np.random.default_rng(_SEED).random((n, *shape), dtype=np.float32)
    return ExportInputs("random inputs", x)
