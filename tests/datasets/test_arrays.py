import pickle

import numpy as np
import pytest

from beenet.datasets.arrays import read_array
from beenet.errors import DatasetError

SHAPE = (4, 3, 1)


@pytest.fixture
def saved(tmp_path):
    def save(array, name="x.npy"):
        path = tmp_path / name
        if path.suffix == ".npy":
            np.save(path, array)
        else:
            path.write_bytes(pickle.dumps(array, 3))
        return path

    return save


def read(path, unit_range=False):
    return list(read_array(path, SHAPE, unit_range=unit_range))


@pytest.mark.parametrize("name", ["x.npy", "x.pck", "numpy.pck"])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64, np.int64])
def test_examples_come_as_they_are(saved, name, dtype):
    values = np.arange(24).reshape(2, *SHAPE).astype(dtype)
    found = read(saved(values, name))
    assert np.array_equal(np.stack(found), values)
    assert found[0].dtype == (np.uint8 if dtype == np.uint8 else np.float32)


def test_one_example_and_sides_of_1_may_be_bare(saved):
    values = np.arange(12.0).reshape(SHAPE)
    for bare in (values, values[..., 0], values[None], values[None, ..., 0]):
        (found,) = read(saved(bare))
        assert np.array_equal(found, values)


def test_a_large_array_is_read_in_blocks(saved, monkeypatch):
    monkeypatch.setattr("beenet.datasets.arrays._BLOCK", 24)
    values = np.random.default_rng(0).random((7, *SHAPE))
    assert np.array_equal(np.stack(read(saved(values))), values.astype(np.float32))


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((2, 5, 3, 1)), r"has shape \(2, 5, 3, 1\); expected \(n, 4, 3, 1\)"),
        (np.float64(3), "expected an array of plain numbers"),
        (np.zeros((0, *SHAPE)), r"has shape \(0, 4, 3, 1\)"),
        (np.full((1, *SHAPE), np.nan), "holds NaN, infinity or a number too large"),
        (np.full((1, *SHAPE), 1e300), "holds NaN, infinity or a number too large"),
        (np.array(["a"]), "expected an array of plain numbers"),
        (np.zeros(SHAPE, complex), "expected an array of plain numbers"),
    ],
)
def test_other_arrays_are_refused(saved, array, words):
    path = saved(array)
    with pytest.raises(DatasetError, match=words) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_images_out_of_range_are_refused(saved):
    path = saved(np.full((1, *SHAPE), 255.0))
    assert len(read(path)) == 1
    with pytest.raises(DatasetError, match=r"images must lie in 0\.\.1"):
        read(path, unit_range=True)


def test_objects_are_never_loaded(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, np.array([{}], object), allow_pickle=True)
    with pytest.raises(DatasetError, match="holds Python objects; expected an array"):
        read(path)


def test_a_header_that_promises_too_much_is_refused(saved):
    path = saved(np.zeros((2, *SHAPE)))
    data = path.read_bytes()
    path.write_bytes(data.replace(b"(2, 4, 3, 1)", b"(9999, 4, 3, 1)"))
    with pytest.raises(DatasetError, match=r"is a damaged \.npy file: "):
        read(path)
    for end in (6, 20, 100, len(data) - 1):
        path.write_bytes(data[:end])
        with pytest.raises(DatasetError, match=r"is a damaged \.npy file: "):
            read(path)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\x93NUMPY\x03\0\0\0\0\xf0" + bytes(50), "its header is too long"),
        (b"\x93NUMPY\x01\0\x10\0{'descr':     (  \n", ".*"),
        (b"\x93NUMPY\x01\0\x0a\0" + b"(" * 10, ".*"),
    ],
)
def test_a_header_that_is_no_header_is_one_line(tmp_path, raw, reason):
    path = tmp_path / "x.npy"
    path.write_bytes(raw)
    with pytest.raises(DatasetError, match=rf"x.npy: is a damaged .npy file: {reason}"):
        read(path)


def test_a_header_that_declares_terabytes_costs_nothing(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, np.zeros((1, *SHAPE), np.float32))
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"(1, 4, 3, 1), }   ", b"(1099511627776,), }"[:18]))
    with pytest.raises(DatasetError, match=r"x.npy: is a damaged .npy file: "):
        read(path)
