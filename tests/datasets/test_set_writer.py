"""What is kept of raw files until the splits are known."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np

from beenet.datasets import set_writer
from beenet.datasets.raw_files import RawFile
from beenet.datasets.set_writer import SetWriter
from beenet.errors import DatasetError
from beenet.media.read import Example


def test_of_a_file_that_fails_halfway_nothing_is_kept(tmp_path, monkeypatch):
    def read_examples(path, *_):
        for start in range(3):
            yield Example(np.full(2, path.name.encode()[0], np.uint8), float(start))
        if path.name == "b":
            raise DatasetError(f"{path}: ends too soon")

    monkeypatch.setattr(set_writer, "read_examples", read_examples)
    warnings = []
    listener = SimpleNamespace(
        note=None, warn=warnings.append, progress=lambda *_: None
    )
    writer = SetWriter(tmp_path / "set", tmp_path, None, ("A",), "uint8", listener)
    raw = [RawFile(Path(name), name, "A", name, None) for name in "abc"]
    readable = writer.read(raw, skip_unreadable=True)
    assert [file.name for file in readable] == ["a", "c"]
    assert warnings == ["b: ends too soon"]
    [numbers] = tmp_path.iterdir()
    assert numbers.read_bytes() == b"aaaaaacccccc"
