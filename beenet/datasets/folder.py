"""A folder of six pickles: train, test and valid, each an X and a Y."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.datasets.cache import CachedArray, cached
from beenet.datasets.fingerprint import fingerprint
from beenet.datasets.labels import check_label_shape, one_hot_labels
from beenet.datasets.shapes import example_shape
from beenet.datasets.stored import StoredArray
from beenet.datasets.unpickle import stored_array
from beenet.errors import DatasetError
from beenet.registry import SPLITS, DatasetInfo

SIX_FILES = tuple(f"{split}_{part}.pck" for split in SPLITS for part in "XY")
"""The names that the folder must hold."""


@dataclass(frozen=True)
class SixPickles:
    """A checked folder; values are read one split at a time."""

    folder: Path
    """Where the six files are."""
    cache: Path
    """The folder of converted arrays."""
    shape: tuple[int, ...]
    """The shape of one example: (height, width, channels)."""
    classes: tuple[str, ...]
    """Class names in one-hot order."""
    counts: dict[str, int]
    """Split name to number of examples."""
    unit_range: bool
    """Whether values must lie in 0..1, as in the images of a registered set."""
    arrays: dict[str, StoredArray]
    """File name to the array in it."""

    def hashes(self) -> dict[str, str]:
        """SHA-256 of each of the six files."""
        return dict(self._hashes)

    def inputs(self, split: str) -> NDArray[Any]:
        """The split's X, shape (n, *shape), uint8 (k/255) or float32, read-only.

        Raises:
            DatasetError: a value is NaN, infinite or out of range.
        """
        values = self._cached(split).values
        return values.reshape(self.counts[split], *self.shape)

    def peak(self, split: str) -> float:
        """Return the largest absolute value of the split's X.

        Raises:
            DatasetError: a value is NaN, infinite or out of range.
        """
        if split not in self._peaks:
            self._cached(split)
        return self._peaks[split]

    def _cached(self, split: str) -> CachedArray:
        name = f"{split}_X.pck"
        what = f"{self.folder / name}, {split} split"
        # A copy, so that what it may hold in memory is freed once values are cached.
        found = cached(replace(self.arrays[name]), self._hashes[name], what, self.cache)
        if self.unit_range and (found.low < 0 or found.high > 1):
            raise DatasetError(
                f"{what}: values run from {found.low:g} to {found.high:g}; images must "
                "lie in 0..1 (or be uint8, which is divided by 255)"
            )
        self._peaks[split] = max(abs(found.low), abs(found.high))
        return found

    @cached_property
    def _peaks(self) -> dict[str, float]:
        """Peaks of splits read so far: without a cache, each read converts again."""
        return {}

    def targets(self, split: str) -> NDArray[np.float32]:
        """The split's Y, shape (n, n_classes), float32 one-hot.

        Raises:
            DatasetError: a row is not one-hot.
        """
        name = f"{split}_Y.pck"
        where = f"{self.folder / name}, {split} split"
        return one_hot_labels(self.arrays[name].everything(), where)

    def check_values(self) -> None:
        """Read everything once, to refuse faults that headers do not show.

        Raises:
            DatasetError: NaN, infinity, a value out of range, a row not one-hot.
        """
        for split in SPLITS:
            self.targets(split)
            self.inputs(split)

    @cached_property
    def _hashes(self) -> dict[str, str]:
        return {name: fingerprint(self.folder / name, self.cache) for name in SIX_FILES}


def six_pickles(
    folder: Path,
    *,
    classes: tuple[str, ...],
    cache: Path,
    info: DatasetInfo | None = None,
    any_count: bool = False,
) -> SixPickles:
    """Check a folder by its files' headers: names, shapes, lengths, classes.

    Args:
        folder: holds the six files.
        classes: class names in one-hot order.
        cache: the folder of converted arrays; it need not exist.
        info: the registry entry that the folder must match, or None for own data.
        any_count: do not compare the number of examples, as for synthetic data.

    Raises:
        DatasetError: names the file and the rule that it breaks.
    """
    refuse_missing(folder)
    arrays = {name: stored_array(folder / name) for name in SIX_FILES}
    shape = _common_shape(folder, arrays, info)
    for split in SPLITS:
        y_name = f"{split}_Y.pck"
        check_label_shape(arrays[y_name].shape, classes, str(folder / y_name))
        _refuse_uneven(folder, split, arrays)
    counts = {split: arrays[f"{split}_X.pck"].shape[0] for split in SPLITS}
    if info is not None and not any_count:
        _refuse_other_counts(folder, counts, info)
    unit_range = info is not None and info.kind == "image"
    return SixPickles(folder, cache, shape, classes, counts, unit_range, arrays)


def refuse_missing(folder: Path) -> None:
    """Raise a DatasetError that names the missing ones of the six files, if any."""
    if not folder.is_dir():
        raise DatasetError(f"{folder}: no such folder")
    missing = [name for name in SIX_FILES if not (folder / name).is_file()]
    if len(missing) == len(SIX_FILES):
        raise DatasetError(
            f"{folder}: holds none of the six files ({', '.join(SIX_FILES)}); of "
            f"pictures or recordings `beenet data build {folder} --out SET` makes them"
        )
    if missing:
        raise DatasetError(
            f"{folder}: {len(missing)} of the six files missing: {', '.join(missing)}"
        )


def _common_shape(
    folder: Path, arrays: dict[str, StoredArray], info: DatasetInfo | None
) -> tuple[int, ...]:
    shapes = []
    for split in SPLITS:
        path = folder / f"{split}_X.pck"
        expected = info.shape if info else None
        shapes.append(example_shape(arrays[path.name].shape, expected, str(path)))
        if shapes[-1] != shapes[0]:
            raise DatasetError(
                f"{path}: examples have shape {shapes[-1]}, "
                f"but those of train_X.pck have {shapes[0]}"
            )
    return shapes[0]


def _refuse_uneven(folder: Path, split: str, arrays: dict[str, StoredArray]) -> None:
    n_x = arrays[f"{split}_X.pck"].shape[0]
    n_y = arrays[f"{split}_Y.pck"].shape[0]
    if n_x != n_y:
        raise DatasetError(
            f"{folder}: {split}_X.pck has {n_x} examples, {split}_Y.pck {n_y} labels"
        )


def _refuse_other_counts(
    folder: Path, counts: dict[str, int], info: DatasetInfo
) -> None:
    for split in SPLITS:
        if counts[split] != info.counts[split]:
            raise DatasetError(
                f"{folder}: {split} has {counts[split]} examples; "
                f"{info.name} has {info.counts[split]}"
            )
