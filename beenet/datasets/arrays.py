"""Reads examples from `.npy` and `.pck` arrays, a few at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.datasets.shapes import example_shape
from beenet.datasets.unpickle import stored_array
from beenet.errors import DatasetError

_BLOCK = 2**22  # values
_MAX_HEADER = 10_000  # bytes, numpy's own limit


def read_array(
    path: Path, shape: tuple[int, ...], *, unit_range: bool
) -> Iterator[NDArray[Any]]:
    """Yield the examples of a `.npy` or `.pck` file, one at a time.

    Args:
        path: the file, its format recognized by its first bytes; an array of examples,
            or one example.
        shape: of one example.
        unit_range: values must lie in 0..1; uint8 (k/255) always does.

    Yields:
        Shape ``shape``, uint8 (k/255) or float32.

    Raises:
        DatasetError: it is damaged, or its shape or values are not as required.
    """
    with path.open("rb") as file:
        is_npy = file.read(6) == b"\x93NUMPY"
    stored = _Mapped(path) if is_npy else stored_array(path)
    one = len(stored.shape) < 2 or not _fits(stored.shape, shape)
    if one and not _fits((1, *stored.shape), shape):
        sides = ", ".join(str(side) for side in shape)
        raise DatasetError(
            f"{path}: has shape {stored.shape}; expected (n, {sides}), or ({sides})"
        )
    n_rows = stored.shape[0]
    step = n_rows if one else max(1, _BLOCK // int(np.prod(shape)))
    for start in range(0, n_rows, step):
        some = stored.rows(start, min(start + step, n_rows))
        rows = checked_numbers(some, str(path), unit_range=unit_range)
        yield from rows.reshape(-1, *shape)


class _Mapped:
    """A memory-mapped `.npy` file."""

    values: NDArray[Any]

    def __init__(self, path: Path) -> None:
        try:
            _refuse_long_header(path)
            self.values = np.load(path, mmap_mode="r", allow_pickle=False)
        except Exception as error:
            # numpy parses the header as Python: garbage may raise anything.
            reason = " ".join(str(error).split()) or type(error).__name__
            if "Python objects" in reason:  # such as crops of different sizes
                raise DatasetError(
                    f"{path}: holds Python objects; expected an array of plain numbers"
                ) from None
            raise DatasetError(f"{path}: is a damaged .npy file: {reason}") from None
        if self.values.dtype.kind not in "biuf" or self.values.ndim == 0:
            raise DatasetError(
                f"{path}: holds {self.values.dtype}; expected an array of plain numbers"
            )

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.values.shape)

    def rows(self, start: int, stop: int) -> NDArray[Any]:
        return np.array(self.values[start:stop])


def _refuse_long_header(path: Path) -> None:
    """Refuse a header for which numpy would allocate memory before checking it."""
    with path.open("rb") as file:
        start = file.read(12)
    if start[6:7] != b"\x01" and int.from_bytes(start[8:], "little") > _MAX_HEADER:
        raise ValueError("its header is too long")


def _fits(stored: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    try:
        example_shape(stored, shape, "")
    except DatasetError:
        return False
    return True


def checked_numbers(rows: NDArray[Any], what: str, *, unit_range: bool) -> NDArray[Any]:
    """Return numbers as a net takes them: uint8 (k/255) unchanged, else float32.

    Args:
        rows: numbers of any dtype.
        what: names them in errors.
        unit_range: they must lie in 0..1.

    Raises:
        DatasetError: they hold NaN or infinity, or lie outside the range.
    """
    if rows.dtype == np.uint8:
        return rows
    with np.errstate(all="ignore"):
        values = rows.astype(np.float32)
    low, high = values.min(), values.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        raise DatasetError(f"{what}: holds NaN, infinity or a number too large")
    if unit_range and (low < 0 or high > 1):
        raise DatasetError(
            f"{what}: values run from {low:g} to {high:g}; images must lie in 0..1 (or "
            "be uint8, which is divided by 255)"
        )
    return values
