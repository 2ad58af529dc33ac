"""Several data sets as one: their splits concatenated, never copied whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from beenet.datasets.dataset import Dataset
from beenet.datasets.encode import decode
from beenet.errors import DatasetError
from beenet.registry import SPLITS


def union(datasets: Sequence[Dataset]) -> Dataset:
    """Return several data sets of the same shape and classes as one.

    Raises:
        DatasetError: shapes or classes differ, or one is named twice.
    """
    first, names = datasets[0], [dataset.name for dataset in datasets]
    for dataset in datasets[1:]:
        if (dataset.shape, dataset.classes) != (first.shape, first.classes):
            raise DatasetError(
                f"{dataset.name} cannot join {first.name}: its examples are "
                f"{dataset.shape} in {', '.join(dataset.classes)}, not {first.shape} "
                f"in {', '.join(first.classes)}"
            )
    if len(set(names)) < len(names):
        raise DatasetError(f"a data set joins itself: {', '.join(names)}")
    return Dataset(
        name=" + ".join(names),
        shape=first.shape,
        classes=first.classes,
        counts={split: sum(d.counts[split] for d in datasets) for split in SPLITS},
        synthetic=any(dataset.synthetic for dataset in datasets),
        title=" + ".join(dataset.title for dataset in datasets),
        source=UnionSource(tuple(datasets)),
        recipe=first.recipe,
    )


@dataclass(frozen=True)
class UnionSource:
    """Where the values of a union come from."""

    datasets: tuple[Dataset, ...]
    """Its data sets, in order."""

    @property
    def folder(self) -> None:
        """Return None: the files are in several folders."""

    def hashes(self) -> dict[str, str]:
        """``<data set>/<file>`` to SHA-256 of each raw file."""
        return {
            f"{dataset.name}/{file}": digest
            for dataset in self.datasets
            for file, digest in dataset.hashes.items()
        }

    def inputs(self, split: str) -> NDArray[Any]:
        """Shape (n, *shape), uint8 (k/255) or float32, read-only."""
        parts = [dataset.source.inputs(split) for dataset in self.datasets]
        # Not an array, but it has all attributes that are used of a split's x.
        return cast("NDArray[Any]", Chain(parts))

    def targets(self, split: str) -> NDArray[np.float32]:
        """Shape (n, n_classes), float32 one-hot."""
        return np.concatenate([d.source.targets(split) for d in self.datasets])

    def peak(self, split: str) -> float:
        """Return the largest absolute value of all of them."""
        return max(dataset.peak(split) for dataset in self.datasets)


class Chain:
    """Arrays concatenated along the first axis; rows are copied only on request."""

    def __init__(self, parts: Sequence[NDArray[Any]]) -> None:
        """Chain arrays [n_i, *shape], each uint8 (k/255) or float32."""
        self._parts = parts
        self._starts = np.cumsum([0, *(len(part) for part in parts)])
        self.dtype = np.result_type(*(part.dtype for part in parts))
        """uint8 if all parts are; else float32, and bytes are divided by 255."""
        self.shape = (int(self._starts[-1]), *parts[0].shape[1:])
        """The shape of the whole."""
        self.ndim = len(self.shape)
        """The number of axes."""
        self.size = sum(part.size for part in parts)
        """The number of values."""

    def __len__(self) -> int:
        return int(self._starts[-1])

    def reshape(self, *shape: int) -> "Chain":
        """Return the same rows in another shape: (n, *shape) of one example."""
        return Chain([part.reshape(len(part), *shape[1:]) for part in self._parts])

    def __getitem__(self, which: slice | NDArray[Any] | list[int]) -> NDArray[Any]:
        """Return a copy of some rows, [m, *shape]."""
        if isinstance(which, slice) and which.step in (None, 1):
            start, stop, _ = which.indices(len(self))
            pieces = [
                self._alike(part[max(0, start - first) : max(0, stop - first)])
                for part, first in zip(self._parts, self._starts, strict=False)
            ]
            return np.concatenate(pieces)
        return self.take(np.arange(len(self))[which])

    def take(
        self,
        rows: NDArray[np.int64],
        axis: int = 0,
        out: NDArray[Any] | None = None,
        mode: str = "raise",
    ) -> NDArray[Any]:
        """Return a copy of some rows, [m, *shape], in ``out`` if given; for np.take.

        Args:
            rows: row numbers, counted from 0.
            axis: must be 0, the first.
            out: the target; None allocates memory.
            mode: np.take's, ignored: no row may be out of range.
        """
        if out is None:
            out = np.empty((len(rows), *self.shape[1:]), self.dtype)
        part_of = np.searchsorted(self._starts, rows, side="right") - 1
        for i, part in enumerate(self._parts):
            mine = part_of == i
            out[mine] = self._alike(part[rows[mine] - self._starts[i]])
        return out

    def _alike(self, rows: NDArray[Any]) -> NDArray[Any]:
        return rows if rows.dtype == self.dtype else decode(rows)
