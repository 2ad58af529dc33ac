"""Encodes values for storage: one byte each where that is lossless, else float32."""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from beenet.errors import DatasetError

_BLOCK = 2**22  # values: 16 MB as float32


class RowSource(Protocol):
    """Anything that can return its rows a few at a time."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape (n, ...), n at least 1."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Any plain number; uint8 means k/255."""

    def rows(self, start: int, stop: int) -> NDArray[Any]:
        """Rows start to stop, shape (stop - start, ...)."""


class NotUnitsError(Exception):
    """Some value is not exactly the float32 of k/255: bytes would lose it."""


class Encoder:
    """Yields a source's rows as blocks of uint8 or float32, and checks them.

    Args:
        source: where the rows come from.
        what: names the source in errors, such as "train_X.pck, train split".
    """

    def __init__(self, source: RowSource, what: str) -> None:
        self._source = source
        self._what = what
        self.low = float("inf")
        """The smallest value seen so far."""
        self.high = float("-inf")
        """The largest value seen so far."""

    def blocks(self, dtype: type[np.uint8 | np.float32]) -> Iterator[NDArray[Any]]:
        """Yield C-contiguous blocks of rows, in order, of the requested dtype.

        Args:
            dtype: uint8, or float32 for a source that uint8 cannot hold.

        Raises:
            NotUnitsError: uint8 was requested, and would change a value.
            DatasetError: a value is NaN, infinite or too large for float32.
        """
        n_rows, *rest = self._source.shape
        step = max(1, _BLOCK // max(1, int(np.prod(rest))))
        for start in range(0, n_rows, step):
            rows = self._source.rows(start, min(start + step, n_rows))
            yield (
                self._bytes(rows, start)
                if dtype is np.uint8
                else self._floats(rows, start)
            )

    def _bytes(self, rows: NDArray[Any], start: int) -> NDArray[np.uint8]:
        if rows.dtype == np.uint8:
            self._widen(float(rows.min()) / 255, float(rows.max()) / 255)
            return np.ascontiguousarray(rows)
        values = self._floats(rows, start)
        if self.low < 0 or self.high > 1:
            raise NotUnitsError
        units: NDArray[np.uint8] = np.rint(values * np.float32(255)).astype(np.uint8)
        # Bits are compared, not values: -0.0 must not become 0.0.
        if not np.array_equal(decode(units).view(np.int32), values.view(np.int32)):
            raise NotUnitsError
        return units

    def _floats(self, rows: NDArray[Any], start: int) -> NDArray[np.float32]:
        with np.errstate(over="ignore"):
            values = np.ascontiguousarray(rows, dtype=np.float32)
        low, high = float(values.min()), float(values.max())
        if not (np.isfinite(low) and np.isfinite(high)):
            good = np.isfinite(values).reshape(len(values), -1).all(axis=1)
            row = start + int(np.argmin(good))
            raise DatasetError(
                f"{self._what}: row {row} holds NaN, infinity "
                "or a number too large for float32"
            )
        self._widen(low, high)
        return values

    def _widen(self, low: float, high: float) -> None:
        self.low, self.high = min(self.low, low), max(self.high, high)


def decode(
    stored: NDArray[Any], out: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Return stored values as a C-contiguous float32 array; uint8 k becomes k/255.

    One float32 division gives the same bits as a float64 division that is rounded (a
    test checks all 256 bytes), and is several times faster than a table look-up.

    Args:
        stored: uint8, which means k/255, or any plain number.
        out: where to write, float32 and C-contiguous, of the same shape; None
            allocates memory.
    """
    if out is None:
        out = np.empty(stored.shape, np.float32)
    if stored.dtype == np.uint8:
        np.divide(stored, np.float32(255), out=out, dtype=np.float32)
    else:
        out[...] = stored
    return out
