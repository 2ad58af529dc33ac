"""The numpy-only unpickler, through the door that `beenet predict` uses, and whole."""

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from beenet.datasets.unpickle import stored_array
from fuzz.guard import Finding
from fuzz.mutation import mutated

_WORDS = [
    b"cos\nsystem\n", b"cbuiltins\neval\n", b"\x8c\x02os\x8c\x06system\x93", b"(", b"t",
    b"R", b"b", b".", b"N", b"\x85", b"\x86", b"\x87", b"\x94", b"h\0", b"q\0", b"\x81",
    b"\x82\x01", b"i", b"o", b"Q", b"P0\n", b"\x97", b"\x98", b"\x8a\xff", b"\x8b",
    b"K\x08\x85", b"J\xff\xff\xff\x7f", b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"cnumpy\ndtype\n", b"cnumpy\nndarray\n", b"U\x02O8", b"U\x03c16", b"U\x02M8",
]  # fmt: skip


class _Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch hit",)


def seeds() -> list[bytes]:
    arrays = [
        np.linspace(0, 1, 24).reshape(2, 3, 4),
        np.asfortranarray(np.eye(3)),
        np.arange(250, 260, dtype=np.uint8),
        np.ones((2, 2), ">f4"),
        np.zeros((3, 0)),
    ]
    raw = [pickle.dumps(array, p) for array in arrays for p in (2, 3, 4, 5)]
    return [*raw, pickle.dumps(_Runs(), 2), pickle.dumps([np.eye(2)], 4)]


def inputs() -> st.SearchStrategy[bytes]:
    return mutated(seeds(), _WORDS)


def target(data: bytes, folder: Path) -> None:
    path = folder / "train_X.pck"
    path.write_bytes(data)
    found = stored_array(path)
    array = found.everything()
    if array.nbytes > 2 * len(data):
        raise Finding(f"{len(data)} bytes became {array.nbytes}")
    if array.shape != found.shape:
        raise Finding(f"{found.shape} became {array.shape}")
