"""JSON beside the data: manifests, the notes of a set of one's own, the cache's."""

import json
from pathlib import Path

from hypothesis import strategies as st

from beenet.dataset_json import class_names
from beenet.datasets.manifest import load_manifest
from beenet.datasets.notes import load_notes
from fuzz.mutation import altered, mutated

_COUNTS = {"train": 3, "test": 2, "valid": 1}
_MANIFEST = {
    "name": "BEE1", "hashes": {"train_X.pck": "ab"}, "counts": _COUNTS, "source": "a",
    "date": "2026-01-01", "synthetic": False, "scale": 1.0, "seed": 0, "format": 1,
}  # fmt: skip
_NOTES = {
    "format": 1, "made_by": "beenet data build", "name": "a", "classes": ["A", "B"],
    "counts": _COUNTS, "source": "a", "options": {}, "files": 6, "sha256": {},
    "date": "2026-01-01",
    "groups": {"of": "group", "counts": _COUNTS},
    "recipe": {"kind": "image", "channels": "rgb", "height": 4, "width": 4},
}  # fmt: skip


def seeds() -> list[bytes]:
    return [json.dumps(data).encode() for data in (_MANIFEST, _NOTES)]


def inputs() -> st.SearchStrategy[bytes]:
    words = [
        b"[" * 3000,
        b'{"a":' * 3000,
        b"NaN",
        b"Infinity",
        b"9" * 5000,
        b'"\\ud800"',
    ]
    return mutated(seeds(), words) | altered([_MANIFEST, _NOTES]).map(
        lambda data: json.dumps(data).encode()
    )


def target(data: bytes, folder: Path) -> None:
    (folder / "manifest.json").write_bytes(data)
    (folder / "dataset.json").write_bytes(data)
    class_names(folder)
    for read in (load_manifest, load_notes):
        read(folder)
