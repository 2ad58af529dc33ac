"""Training batches from a split in memory or on disk, gathered one chunk ahead."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

# x is uint8 where every value is k/255; this is what each k stands for.
_UNIT = np.arange(256, dtype=np.float32) / np.float32(255)


class Split(Protocol):
    """The examples to learn from; ``x`` and ``y`` may be memory-mapped."""

    x: NDArray[Any]
    """[n, *shape]: float32, or uint8 meaning value/255."""

    y: NDArray[np.float32]
    """One-hot, float32 [n, n_classes]."""


def decode(x: NDArray[Any]) -> NDArray[np.float32]:
    """Return stored examples as the network takes them: uint8 k becomes k/255."""
    return _UNIT[x] if x.dtype == np.uint8 else np.asarray(x, dtype=np.float32)


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
