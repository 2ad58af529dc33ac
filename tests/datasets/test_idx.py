"""MNIST as it comes inside the package."""

import lzma
import time
from pathlib import Path

import numpy as np
import pytest

from beenet.datasets import idx, open_dataset
from beenet.errors import DatasetError
from tools.pack_mnist import TARGET, pack


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for the module: converting MNIST takes most of a second."""
    return tmp_path_factory.mktemp("home")


def test_the_splits_are_the_lectures(shared_home: Path) -> None:
    data = open_dataset(name="MNIST", data_dir=shared_home)
    splits = {name: data.split(name) for name in data.counts}
    assert {name: split.x.shape for name, split in splits.items()} == {
        "train": (50000, 28, 28, 1),
        "test": (10000, 28, 28, 1),
        "valid": (10000, 28, 28, 1),
    }
    first = {name: split.labels[:5].tolist() for name, split in splits.items()}
    assert first == {
        "train": [5, 0, 4, 1, 9],
        "test": [7, 2, 1, 0, 4],
        "valid": [3, 8, 6, 9, 6],
    }
    for name, split in splits.items():
        assert split.y.shape == (data.counts[name], 10)
        assert split.x.dtype == np.uint8
        assert not split.x.flags.writeable
    # A five has ink in the middle of its square, and none at the edge.
    five = splits["train"].rows([0])[0, :, :, 0]
    assert five[10:18, 8:20].max() > 0.9
    assert five[0].max() == 0.0


def test_its_hashes_are_those_of_the_original_files(shared_home: Path) -> None:
    assert open_dataset(name="MNIST", data_dir=shared_home).hashes == idx.SHA256


def test_from_the_cache_it_starts_in_milliseconds(shared_home: Path) -> None:
    open_dataset(name="MNIST", data_dir=shared_home).split("train")
    start = time.perf_counter()
    open_dataset(name="MNIST", data_dir=shared_home).split("train")
    assert time.perf_counter() - start < 0.2  # unpacking takes three times as long


def test_it_needs_no_writable_home(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    data = open_dataset(name="MNIST", data_dir=tmp_path / "blocked")
    assert data.split("test").labels[:3].tolist() == [7, 2, 1]


def test_a_damaged_package_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mnist").mkdir()
    monkeypatch.setattr(idx.resources, "files", lambda _: tmp_path)
    packed = tmp_path / "mnist/t10k-labels-idx1-ubyte.xz"
    with pytest.raises(DatasetError, match=r"^MNIST: t10k-labels.* cannot be unpacked"):
        idx.unpack("t10k-labels-idx1-ubyte")
    packed.write_bytes(lzma.compress(b"other"))
    with pytest.raises(DatasetError) as caught:
        idx.unpack("t10k-labels-idx1-ubyte")
    assert str(caught.value) == (
        "MNIST: t10k-labels-idx1-ubyte.xz is damaged: install beenet again"
    )


def test_packing_gives_back_what_is_in_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "t10k-labels-idx1-ubyte"
    monkeypatch.setattr("tools.pack_mnist.SHA256", {name: idx.SHA256[name]})
    (tmp_path / name).write_bytes(idx.unpack(name))
    pack(tmp_path, tmp_path)
    assert lzma.decompress((tmp_path / f"{name}.xz").read_bytes()) == idx.unpack(name)


def test_what_is_packed_goes_into_the_package() -> None:
    assert {f"{name}.xz" for name in idx.SHA256} <= {p.name for p in TARGET.iterdir()}


def test_packing_refuses_what_is_not_the_original(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="No such file"):
        pack(tmp_path, tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"other")
    with pytest.raises(DatasetError, match="is not the original MNIST file"):
        pack(tmp_path, tmp_path)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\0\x08",
        b"\0\0\x0d\x01\0\0\0\0",
        b"\0\0\x08\xff" + bytes(8),
        b"\0\0\x08\x02" + b"\xff" * 8,
        b"\0\0\x08\x01\0\0\0\x02?",
        b"\0\0\x08\x04" + bytes(16),
        b"\0\0\x08\x03" + b"\xff" * 8 + bytes(4),
    ],
)
def test_what_is_no_idx_file_is_refused(raw: bytes) -> None:
    with pytest.raises(DatasetError, match=r"^(is not an IDX|declares shape)"):
        idx.read_idx(raw)
