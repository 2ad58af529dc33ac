"""A zip of six pickles, unpacked and opened as `beenet data add` does."""

import io
import pickle
import stat
import zipfile
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from beenet.datasets.folder import SIX_FILES, six_pickles
from beenet.datasets.manifest import load_manifest
from beenet.datasets.unzip import unzip_six
from fuzz.guard import Finding
from fuzz.mutation import mutated

_MOST = 100_000
_WORDS = [
    b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07",
    b"train_X.pck", b"../train_X.pck", b"/etc/passwd", b"C:\\train_X.pck", b"..\\",
    b"\x01\0\x10\0", b"manifest.json", b"\x0e\0", b"\x0c\0", b"\x63\0", b"\x09\0",
]  # fmt: skip


def seeds() -> list[bytes]:
    whole = {name: _pickle(name) for name in SIX_FILES}
    deep = {f"../../{name}": data for name, data in whole.items()}
    odd = {"C:\\windows\\x.pck": b"", "/etc/x": b"x", "dataset.json": b"{}"}
    return [
        _zip(whole, zipfile.ZIP_STORED),
        _zip(deep | odd, zipfile.ZIP_DEFLATED),
        _zip(whole | {"manifest.json": b'{"a": 1}'}, zipfile.ZIP_BZIP2),
        _zip(whole, zipfile.ZIP_LZMA),
        _zip(whole | {"train_X.pck": bytes(50 * _MOST)}, zipfile.ZIP_DEFLATED),
        _zip(whole | {"test_X.pck": b"/etc/passwd"}, zipfile.ZIP_STORED, links=True),
    ]


def _pickle(name: str) -> bytes:
    array = np.zeros((2, 3, 3, 1)) if "X" in name else np.eye(2)
    return pickle.dumps(array, 3)


def _zip(members: dict[str, bytes], method: int, links: bool = False) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            if links and name == "test_X.pck":
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, data)
    return file.getvalue()


def inputs() -> st.SearchStrategy[bytes]:
    return mutated(seeds(), _WORDS)


def target(data: bytes, folder: Path) -> None:
    path, out = folder / "set.zip", folder / "out"
    out.mkdir()
    path.write_bytes(data)
    try:
        unzip_six(path, out, _MOST)
        if load_manifest(out) is None:
            found = six_pickles(out, classes=("A", "B"), cache=folder / "cache")
            for split in ("train", "test", "valid"):
                found.targets(split)
    finally:
        for made in out.rglob("*"):
            if made.is_symlink() or made.name not in (*SIX_FILES, "manifest.json"):
                raise Finding(f"made {made}")
        if sum(made.stat().st_size for made in out.iterdir()) > _MOST + 2**21:
            raise Finding("unpacked more than was allowed")
