"""Arrays as the bytes of an `.npz` file: the same bytes for the same arrays."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


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
            with archive.open(entry, "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return data.getbuffer()
