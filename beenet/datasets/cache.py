"""Converts inputs once into memory-mapped arrays that all processes share.

    cache/<sha256 of the source>-v1.npy     the values, uint8 (k/255) or float32
    cache/<sha256 of the source>-v1.json    its checksum, its stamp, the value range
    cache/<sha256 of the source>-v1.lock    held by the process that converts
    cache/seen/*.json                       SHA-256 of sources already read

The note (.json) is written last, so an array without one is unfinished. An array whose
stamp (size, times, inode) differs from the note is verified against its checksum.
"""

import math
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from beenet.datasets.encode import Encoder, NotUnitsError, RowSource
from beenet.datasets.fingerprint import read_note, sha256_of, stamp
from beenet.system import locks
from beenet.system.files import write_json

FORMAT = 1
"""Incremented when the meaning of a cached file changes; old files are then ignored."""


@dataclass(frozen=True)
class CachedArray:
    """One converted array."""

    values: NDArray[Any]
    """The source's shape, uint8 (k/255) or float32, read-only, memory-mapped."""
    low: float
    """The smallest value; k/255 for uint8."""
    high: float
    """The largest value; k/255 for uint8."""


def cached(source: RowSource, key: str, what: str, folder: Path) -> CachedArray:
    """Return the source's values from the cache, converting them first if necessary.

    If the folder cannot be written (a read-only home, a full disk) the values go into
    an unnamed temporary file, or, if that fails too, into memory.

    Args:
        source: rows of numbers; uint8 means k/255.
        key: the SHA-256 of the file that the rows come from.
        what: names the source in errors.
        folder: the cache.

    Raises:
        DatasetError: the source holds NaN or infinity, or cannot be read.
    """
    place = folder / f"{key}-v{FORMAT}.npy"
    ready = _load(place)
    if ready is not None:
        return ready
    encoder = Encoder(source, what)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locks.locked(place.with_suffix(".lock")):
            # Another process may have converted while this one waited.
            return _load(place) or _convert(encoder, source.shape, place)
    except OSError:
        return _in_private(Encoder(source, what), source.shape)


def adopt(old: Path, new: Path) -> None:
    """Move finished arrays from one cache folder into another."""
    new.mkdir(parents=True, exist_ok=True)
    for array in old.glob("*.npy"):
        note = read_note(array.with_suffix(".json"))
        place = Path(shutil.move(array, new / array.name))
        if note:
            write_json(place.with_suffix(".json"), {**note, "stamp": stamp(place)})


def _load(place: Path) -> CachedArray | None:
    """Map a finished array; None if it is missing, unfinished or damaged."""
    note = read_note(place.with_suffix(".json"))
    low, high = note.get("low"), note.get("high")
    if not isinstance(low, float) or not isinstance(high, float):
        return None
    try:
        seen = stamp(place)
        if note.get("stamp") != seen:
            if sha256_of(place) != note.get("sha256"):
                return None
            _restamp(place, note, seen)
        values = np.load(place, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return CachedArray(values, low, high)


def _restamp(place: Path, note: dict[str, object], seen: list[int]) -> None:
    """Note an intact file's new stamp, so that the next start skips the checksum."""
    try:
        write_json(place.with_suffix(".json"), {**note, "stamp": seen})
    except OSError:
        return  # read-only: the next start checks again


def _convert(encoder: Encoder, shape: tuple[int, ...], place: Path) -> CachedArray:
    place.with_suffix(".json").unlink(missing_ok=True)
    part = place.with_suffix(".tmp")
    try:
        with part.open("wb") as file:
            _write_smallest(encoder, shape, file)
            file.flush()
            os.fsync(file.fileno())
        digest = sha256_of(part)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
    note: dict[str, object] = {
        "low": encoder.low,
        "high": encoder.high,
        "sha256": digest,
        "stamp": stamp(place),
    }
    write_json(place.with_suffix(".json"), note)
    values = np.load(place, mmap_mode="r", allow_pickle=False)
    return CachedArray(values, encoder.low, encoder.high)


def _write_smallest(
    encoder: Encoder, shape: tuple[int, ...], file: BinaryIO
) -> type[np.uint8 | np.float32]:
    """Write a .npy file: uint8 if that is lossless, else float32."""
    try:
        return _write(encoder, shape, file, np.uint8)
    except NotUnitsError:
        file.seek(0)
        file.truncate()
        return _write(encoder, shape, file, np.float32)


def _write(
    encoder: Encoder,
    shape: tuple[int, ...],
    file: BinaryIO,
    dtype: type[np.uint8 | np.float32],
) -> type[np.uint8 | np.float32]:
    descr = np.lib.format.dtype_to_descr(np.dtype(dtype))
    header = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    # Plain writes raise on a full disk, where a mapped page would kill the process.
    for block in encoder.blocks(dtype):
        file.write(block.data)
    return dtype


def _in_private(encoder: Encoder, shape: tuple[int, ...]) -> CachedArray:
    """Convert into an unnamed file that vanishes with the process, else into memory."""
    try:
        with tempfile.TemporaryFile() as file:
            dtype = _write_smallest(encoder, shape, file)
            file.flush()
            start = file.tell() - math.prod(shape) * np.dtype(dtype).itemsize
            # The mapping keeps the nameless file alive after it is closed.
            values: NDArray[Any] = np.memmap(file, dtype, "r", start, shape)
    except OSError:
        values = _in_memory(encoder)
    return CachedArray(values, encoder.low, encoder.high)


def _in_memory(encoder: Encoder) -> NDArray[Any]:
    try:
        values = np.concatenate(list(encoder.blocks(np.uint8)))
    except NotUnitsError:
        values = np.concatenate(list(encoder.blocks(np.float32)))
    values.flags.writeable = False
    return values
