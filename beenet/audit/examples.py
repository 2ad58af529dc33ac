"""All examples of a data set under consecutive numbers, read a few at a time."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from beenet.datasets import SPLITS, Dataset

_BLOCK = 2**21
"""Number of values that are read at once: 8 MB as float32."""


class Examples:
    """The splits concatenated: train, then test, then valid."""

    def __init__(self, dataset: Dataset) -> None:
        """Open the splits; converts them into the cache the first time."""
        self.shape = dataset.shape
        """The shape of one example."""
        self.splits = [dataset.split(name) for name in SPLITS]
        """The splits in the order of `SPLITS`."""
        self.starts = np.cumsum([0, *(len(split) for split in self.splits)])
        """The number of each split's first example, and the total of examples."""
        self.labels = np.concatenate([split.labels for split in self.splits])
        """Class indices, int64 [n]."""
        self.split_of = np.repeat(
            np.arange(len(SPLITS)), [len(split) for split in self.splits]
        )
        """Index of each example's split, int64 [n]."""
        self.step = max(1, _BLOCK // int(np.prod(self.shape)))
        """Number of examples that are read at once."""

    def __len__(self) -> int:
        return int(self.starts[-1])

    def place(self, which: int) -> tuple[str, int]:
        """Return an example's split and its row in the split, from 0."""
        split = int(self.split_of[which])
        return SPLITS[split], which - int(self.starts[split])

    def blocks(self) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Yield the number of each block's first example, and its rows [m, *shape]."""
        for split, start in zip(self.splits, self.starts, strict=False):
            for at in range(0, len(split), self.step):
                yield int(start) + at, split.rows(slice(at, at + self.step))

    def rows(self, which: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some examples, float32 [m, *shape], in the order of ``which``."""
        found = np.empty((len(which), *self.shape), np.float32)
        for i, split in enumerate(self.splits):
            mine = np.flatnonzero(self.split_of[which] == i)
            if len(mine):
                found[mine] = split.rows(which[mine] - self.starts[i])
        return found
