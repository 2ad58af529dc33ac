"""Arrays for `beenet predict`: `.npy` files, and the IDX files of MNIST."""

import io
import struct
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from beenet.datasets.arrays import read_array
from beenet.datasets.idx import read_idx
from fuzz.mutation import mutated

_WORDS = [
    b"\x93NUMPY\x01\0", b"\x93NUMPY\x03\0", b"{'descr': ", b"'fortran_order': True",
    b"(1099511627776,)", b"(-1,)", b"'|O'", b"'<f8'", b"'|S9999999999'", b"[('a','<f4')]",
    b"(" * 300, b"True", b"\0\0\x08\x03", b"\0\0\x08\xff", b"'<f4'", b"9L",
]  # fmt: skip


def seeds() -> list[bytes]:
    found = [struct.pack(">4B3I", 0, 0, 8, 3, 2, 2, 3) + bytes(12)]
    for array in (
        np.zeros((3, 4, 4, 1), np.float32),
        np.asfortranarray(np.ones((2, 4, 4))),
        np.full((4, 4), 7, np.uint8),
        np.array([None]),
    ):
        file = io.BytesIO()
        np.save(file, array)
        found.append(file.getvalue())
    return found


def inputs() -> st.SearchStrategy[bytes]:
    return mutated(seeds(), _WORDS)


def target(data: bytes, folder: Path) -> None:
    path = folder / "x.npy"
    path.write_bytes(data)
    if data.startswith(b"\x93NUMPY"):
        for _ in read_array(path, (4, 4, 1), unit_range=True):
            pass
    else:
        read_idx(data)
