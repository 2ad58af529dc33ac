"""Writes an array's pickle block by block, in the format of the course's files."""

import math
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def write_pickle(
    path: Path,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    blocks: Iterable[NDArray[Any]],
) -> None:
    """Write a protocol 3 pickle that any numpy reads, without the array in memory.

    Args:
        path: the file.
        shape: of the whole array, rows first.
        dtype: a plain number; the blocks are cast to it.
        blocks: consecutive rows, together of that shape.
    """
    size = math.prod(shape) * dtype.itemsize
    with path.open("wb") as file:
        file.write(b"\x80\x03cnumpy.core.multiarray\n_reconstruct\n")
        file.write(b"cnumpy\nndarray\n" + _integer(0) + b"\x85C\x01b\x87R")
        file.write(b"(" + _integer(1))
        file.write(b"(" + b"".join(_integer(side) for side in shape) + b"t")
        file.write(b"cnumpy\ndtype\n" + _text(dtype.str[1:]) + _integer(0))
        file.write(_integer(1) + b"\x87R(" + _integer(3) + _text(dtype.str[0]))
        file.write(b"NNN" + _integer(-1) + _integer(-1) + _integer(0) + b"tb\x89")
        # BINBYTES holds up to 4 GB; BINBYTES8 is newer, but every reader accepts it.
        if size < 2**32:
            file.write(struct.pack("<cI", b"B", size))
        else:
            file.write(struct.pack("<cQ", b"\x8e", size))
        for block in blocks:
            file.write(np.ascontiguousarray(block, dtype=dtype).data)
        file.write(b"tb.")


def _integer(value: int) -> bytes:
    return struct.pack("<ci", b"J", value)


def _text(value: str) -> bytes:
    return struct.pack("<cI", b"X", len(value)) + value.encode()
