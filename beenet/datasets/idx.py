"""Reads MNIST: four IDX files, compressed with xz, inside this package."""

import hashlib
import lzma
import math
import struct
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.datasets.cache import cached
from beenet.errors import DatasetError
from beenet.registry import REGISTRY

SHA256 = {
    "train-images-idx3-ubyte": (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
    ),
    "train-labels-idx1-ubyte": (
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
    ),
    "t10k-images-idx3-ubyte": (
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
    ),
    "t10k-labels-idx1-ubyte": (
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
    ),
}
"""SHA-256 of each file before compression."""

_MAX_DIMENSIONS = 3

# Which files, and which of their rows, make a split.
_SPLITS = {
    "train": ("train", slice(0, 50000)),
    "valid": ("train", slice(50000, 60000)),
    "test": ("t10k", slice(0, 10000)),
}


@dataclass(frozen=True)
class _Images:
    """The rows of an IDX image file, which is unpacked on first use."""

    name: str

    @property
    def shape(self) -> tuple[int, ...]:
        return (60000 if self.name.startswith("train") else 10000, 28, 28, 1)

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.uint8)

    @cached_property
    def _array(self) -> NDArray[np.uint8]:
        return read_idx(unpack(self.name)).reshape(self.shape)

    def rows(self, start: int, stop: int) -> NDArray[np.uint8]:
        return self._array[start:stop]


@dataclass(frozen=True)
class PackedMnist:
    """Reads the splits of MNIST from the package, through the cache."""

    cache: Path
    """The folder of converted arrays."""

    @property
    def folder(self) -> None:
        """Return None: the files are inside the package."""

    def hashes(self) -> dict[str, str]:
        """SHA-256 of the four IDX files."""
        return dict(SHA256)

    def inputs(self, split: str) -> NDArray[np.uint8]:
        """Images, shape (n, 28, 28, 1), uint8, read-only."""
        part, rows = _SPLITS[split]
        name = f"{part}-images-idx3-ubyte"
        what = f"{name}, {split} split"
        values: NDArray[np.uint8] = cached(
            _Images(name), SHA256[name], what, self.cache
        ).values
        return values[rows]

    def targets(self, split: str) -> NDArray[np.float32]:
        """One-hot digits, shape (n, 10), float32."""
        part, rows = _SPLITS[split]
        digits = read_idx(unpack(f"{part}-labels-idx1-ubyte"))[rows]
        n_classes = len(REGISTRY["MNIST"].classes)
        return np.eye(n_classes, dtype=np.float32)[digits]

    def peak(self, split: str) -> float:
        """Return 1: every split has white pixels."""
        return 1.0


def unpack(name: str) -> bytes:
    """Unpack one IDX file and check its SHA-256.

    Raises:
        DatasetError: the package's copy is missing or damaged.
    """
    packed = resources.files("beenet.datasets") / "mnist" / f"{name}.xz"
    try:
        raw = lzma.decompress(packed.read_bytes())
    except (OSError, lzma.LZMAError) as error:
        raise DatasetError(f"MNIST: {name}.xz cannot be unpacked: {error}") from error
    if hashlib.sha256(raw).hexdigest() != SHA256[name]:
        raise DatasetError(f"MNIST: {name}.xz is damaged: install beenet again")
    return raw


def read_idx(raw: bytes) -> NDArray[np.uint8]:
    """Read an IDX file of bytes: big-endian sizes, then the values.

    Returns:
        uint8 array of the shape that the header declares.

    Raises:
        DatasetError: it is not an IDX file, or holds more or less than it declares.
    """
    if raw[:3] != b"\0\0\x08" or len(raw) < 4 or len(raw) < 4 + 4 * raw[3]:
        raise DatasetError("is not an IDX file of bytes")
    start = 4 + 4 * raw[3]
    shape = struct.unpack_from(f">{raw[3]}I", raw, 4)
    if 0 in shape:  # the other sizes may be larger than numpy can count
        raise DatasetError(f"declares shape {shape}, which holds nothing")
    if math.prod(shape) != len(raw) - start or len(shape) > _MAX_DIMENSIONS:
        raise DatasetError(
            f"declares shape {shape}, but holds {len(raw) - start} bytes"
        )
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape)
