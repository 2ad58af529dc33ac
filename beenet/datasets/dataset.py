"""An opened data set and its splits, as the rest of beenet sees them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from beenet.config.identity import digest
from beenet.datasets.encode import decode
from beenet.datasets.groups import Groups
from beenet.errors import DatasetError
from beenet.media import Recipe
from beenet.registry import SPLITS


class DataSource(Protocol):
    """Where a data set's values come from."""

    @property
    def folder(self) -> Path | None:
        """Where its files are; None if they are not files in a single folder."""

    def hashes(self) -> dict[str, str]:
        """File name to SHA-256 of the raw source file."""

    def inputs(self, split: str) -> NDArray[Any]:
        """Shape (n, *shape), uint8 (k/255) or float32, read-only."""

    def targets(self, split: str) -> NDArray[np.float32]:
        """Shape (n, n_classes), float32 one-hot."""

    def peak(self, split: str) -> float:
        """The largest absolute value of a split's X, as fed to a net."""


@dataclass(frozen=True)
class Split:
    """The examples of one split."""

    x: NDArray[Any]
    """Shape (n, *shape), uint8 (meaning value/255) or float32, memory-mapped."""
    y: NDArray[np.float32]
    """Shape (n, n_classes), one-hot."""

    def __len__(self) -> int:
        return len(self.x)

    @property
    def labels(self) -> NDArray[np.int64]:
        """Class indices, shape (n,), int64."""
        return np.asarray(self.y.argmax(axis=1), dtype=np.int64)

    def rows(self, which: slice | NDArray[Any] | list[int]) -> NDArray[np.float32]:
        """Return examples as the net takes them: float32, fresh, C-contiguous.

        Args:
            which: a slice, or row numbers of shape (m,).

        Returns:
            Shape (m, *shape), float32; images in 0..1.
        """
        return decode(self.x[which])


@dataclass(frozen=True)
class Dataset:
    """An opened data set; nothing large is read before `split`."""

    name: str
    """The registry's name, or for own data the folder's."""
    shape: tuple[int, ...]
    """The shape of one example, such as (28, 28, 1)."""
    classes: tuple[str, ...]
    """Class names in one-hot order."""
    counts: dict[str, int]
    """Split name to number of examples."""
    synthetic: bool
    """Whether `beenet data synth` made it: no score on it means anything."""
    title: str
    """The name to show: `BEE1`, or `BEE1 (synthetic, scale 0.01)`."""
    source: DataSource
    """Where the values come from."""
    recipe: Recipe | None = None
    """How raw files become examples like these; None if no raw file can."""
    groups: Groups | None = None
    """What the examples come from; None if it is unknown."""

    @property
    def hashes(self) -> dict[str, str]:
        """File name to SHA-256 of the raw source file: the data's identity."""
        return self.source.hashes()

    @property
    def digest(self) -> str:
        """A short digest of the hashes."""
        return digest(self.hashes)

    def split(self, name: str) -> Split:
        """Open one split, converting it into the cache the first time.

        Raises:
            DatasetError: no such split, or its values break a rule.
        """
        return Split(self.source.inputs(_known(name)), self.source.targets(name))

    def peak(self, name: str) -> float:
        """Return the largest absolute value of one split's X, as fed to a net."""
        return self.source.peak(_known(name))

    def targets(self, name: str) -> NDArray[np.float32]:
        """Read only one split's labels, shape (n, n_classes), float32 one-hot."""
        return self.source.targets(_known(name))


def _known(split: str) -> str:
    if split not in SPLITS:
        raise DatasetError(f"no split is called {split!r}; known: {', '.join(SPLITS)}")
    return split
