"""Arrays as an `.npz` file, the same bytes for the same arrays, and back."""

import io
import zipfile
from collections.abc import Collection, Mapping
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from beenet.text.words import reason


def to_npz(arrays: Mapping[str, NDArray[Any]], *, packed: bool) -> memoryview:
    """Return what ``np.load`` reads back, without pickles.

    ``np.savez`` writes the clock's time into the file; here each member has the same.

    Args:
        arrays: of any type but objects, by name.
        packed: whether to deflate them.
    """
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            entry.file_size = array.nbytes  # beyond 2 GiB the head takes another form
            with archive.open(entry, "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return data.getbuffer()


def from_npz(
    file: IO[bytes], most_bytes: int, names: Collection[str] | None = None
) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file that anyone may have made, by name.

    Args:
        file: opened, for numpy leaves the file of a damaged archive open.
        most_bytes: what it may unpack to.
        names: those to read; None for all.

    Raises:
        ValueError: it is damaged, lacks one, holds pickles, or unpacks to more.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size <= most_bytes:
            file.seek(0)
            with np.load(file, allow_pickle=False) as arrays:
                # numpy gives a member that is no array as bytes.
                return {n: np.asarray(arrays[n]) for n in names or arrays.files}
    except Exception as error:  # what unpacks and reads such may raise anything
        raise ValueError(reason(error)) from None
    raise ValueError(f"it declares {size:,} bytes, more than it may hold")
