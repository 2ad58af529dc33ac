"""Writes arrays as `.npz`, equal arrays as equal bytes, and reads untrusted ones."""

import io
import zipfile
from collections.abc import Collection, Mapping
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from beenet.text.words import reason


def to_npz(arrays: Mapping[str, NDArray[Any]], *, packed: bool) -> memoryview:
    """Return the bytes of a file that ``np.load`` reads back, without pickles.

    ``np.savez`` writes the current time into the file; here the time is fixed.

    Args:
        arrays: name to array, of any dtype except objects.
        packed: whether to deflate them.
    """
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            entry.file_size = array.nbytes  # beyond 2 GiB the header has another form
            with archive.open(entry, "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return data.getbuffer()


def from_npz(
    file: IO[bytes], most_bytes: int, names: Collection[str] | None = None
) -> dict[str, NDArray[Any]]:
    """Return the arrays of an untrusted file, by name.

    Args:
        file: open, because numpy leaves the file of a damaged archive open.
        most_bytes: the most bytes that it may unpack to.
        names: the arrays to read; None for all.

    Raises:
        ValueError: it is damaged, lacks an array, holds pickles, or unpacks to more.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size <= most_bytes:
            file.seek(0)
            with np.load(file, allow_pickle=False) as arrays:
                # numpy returns a member that is not an array as bytes.
                return {n: np.asarray(arrays[n]) for n in names or arrays.files}
    except Exception as error:  # unpacking untrusted data may raise anything
        raise ValueError(reason(error)) from None
    raise ValueError(f"it declares {size:,} bytes, more than it may hold")
