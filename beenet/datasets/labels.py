"""Checks labels: one row per example, with a single 1 in it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.errors import DatasetError


def check_label_shape(
    shape: tuple[int, ...], classes: tuple[str, ...], where: str
) -> None:
    """Refuse labels that are not one row of len(classes) numbers per example.

    Raises:
        DatasetError: states the expected shape.
    """
    n_classes = len(classes)
    if len(shape) != 2:
        first = [1] + [0] * (n_classes - 1)
        raise DatasetError(
            f"{where}: labels have shape {shape}; expected one-hot rows of shape "
            f"(n, {n_classes}): {classes[0]} is {first}"
        )
    if shape[1] != n_classes:
        raise DatasetError(
            f"{where}: labels have {shape[1]} columns, but there are {n_classes} "
            f"classes: {', '.join(classes)}"
        )


def one_hot_labels(stored: NDArray[Any], where: str) -> NDArray[np.float32]:
    """Return labels as float32 after checking that every row is one-hot.

    Args:
        stored: shape (n, n_classes), any plain number; each row one 1, the others 0.
        where: names the file and the split in errors.

    Raises:
        DatasetError: names the first row that is not one-hot.
    """
    is_bit = (stored == 0) | (stored == 1)
    good = is_bit.all(axis=1) & ((stored == 1).sum(axis=1) == 1)
    if not good.all():
        row = int(np.argmin(good))
        shown = [float(value) for value in stored[row][:10]]
        raise DatasetError(f"{where}: row {row} is not one-hot: {shown}")
    return np.array(stored, dtype=np.float32, order="C")
