"""Training batches from a split in memory or on disk, gathered one chunk ahead."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.datasets import Split


@dataclass(frozen=True)
class Batches:
    """Consecutive batches of one epoch."""

    x: NDArray[Any]
    """As stored, [steps, batch, *shape]."""

    y: NDArray[np.float32]
    """float32 [steps, batch, n_classes]."""

    @property
    def steps(self) -> int:
        """How many batches there are."""
        return len(self.y)


def gather(split: Split, rows: NDArray[np.int64], batch_size: int) -> Batches:
    """Copy ``rows`` of a split into batches; their number divides by ``batch_size``."""
    x, y = split.x[rows], split.y[rows]
    return Batches(
        x.reshape(-1, batch_size, *x.shape[1:]),
        y.reshape(-1, batch_size, *y.shape[1:]),
    )
