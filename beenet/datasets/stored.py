"""An array in its pickle file, read a few rows at a time."""

import codecs
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.errors import DatasetError

_BLOCK = 2**24


@dataclass(frozen=True)
class StoredArray:
    """Numbers in a file and their layout; nothing is read until `rows`."""

    path: Path
    """The file."""
    dtype: np.dtype[Any]
    """Bool, integer or float of 1 to 8 bytes, either byte order."""
    stored_shape: tuple[int, ...]
    """Shape in the order of the bytes."""
    axes: tuple[int, ...]
    """Transposes the stored shape into the array's (for Fortran order, for example)."""
    offset: int
    """Offset of the bytes in the file."""
    size: int
    """Number of bytes in the file."""
    latin1: bool = False
    """Whether they are text, as in protocol 2: Latin-1 characters encoded as UTF-8."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The array's shape."""
        return tuple(self.stored_shape[axis] for axis in self.axes)

    def rows(self, start: int, stop: int) -> NDArray[Any]:
        """Read `array[start:stop]`, shape (stop - start, ...), dtype as stored.

        Raises:
            DatasetError: the file does not hold what its header declares.
        """
        try:
            if self.latin1:
                return self._laid_out(np.frombuffer(self._decoded, self.dtype))[
                    start:stop
                ]
            if self.axes != tuple(range(len(self.axes))):
                whole: NDArray[Any] = np.memmap(
                    self.path, self.dtype, "r", self.offset, (self._length(),)
                )
                # A copy, so that the file's pages can leave memory again.
                return np.array(self._laid_out(whole)[start:stop])
            per_row = math.prod(self.stored_shape[1:])
            flat = np.fromfile(
                self.path,
                self.dtype,
                count=(stop - start) * per_row,
                offset=self.offset + start * per_row * self.dtype.itemsize,
            )
            return flat.reshape(stop - start, *self.stored_shape[1:])
        except (OSError, ValueError) as error:
            raise DatasetError(f"{self.path}: cannot be read: {error}") from error

    def everything(self) -> NDArray[Any]:
        """Read the whole array."""
        return self.rows(0, self.shape[0])

    def _length(self) -> int:
        return math.prod(self.stored_shape)

    def _laid_out(self, flat: NDArray[Any]) -> NDArray[Any]:
        return flat.reshape(self.stored_shape).transpose(self.axes)

    @cached_property
    def _decoded(self) -> bytearray:
        """The bytes that the text encodes; decoded in blocks to save memory."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        decoded = bytearray()
        with self.path.open("rb") as file:
            file.seek(self.offset)
            for start in range(0, self.size, _BLOCK):
                block = file.read(min(_BLOCK, self.size - start))
                decoded += decoder.decode(block).encode("latin-1")
        return decoded
