import io
import zipfile

import numpy as np
import pytest

from beenet.system.npz import from_npz, to_npz

ARRAYS = {"a": np.arange(999), "b/c": np.float32(2.5) * np.ones((2, 3), np.float32)}


@pytest.mark.parametrize("packed", [True, False])
def test_arrays_are_read_back_and_the_clock_leaves_no_trace(packed, monkeypatch):
    data = bytes(to_npz(ARRAYS, packed=packed))
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert to_npz(ARRAYS, packed=packed) == data
    with np.load(io.BytesIO(data), allow_pickle=False) as read:
        assert sorted(read.files) == sorted(ARRAYS)
        for name, array in ARRAYS.items():
            np.testing.assert_array_equal(read[name], array)
            assert read[name].dtype == array.dtype


def test_only_packed_is_it_smaller():
    assert len(to_npz(ARRAYS, packed=True)) < len(to_npz(ARRAYS, packed=False))


def test_an_array_beyond_two_gigabytes_has_another_head(monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    large = {"a": np.zeros(10_000, np.float32)}
    data = io.BytesIO(to_npz(large, packed=False))
    assert from_npz(data, 10**6)["a"].shape == (10_000,)


def test_no_object_is_pickled():
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        to_npz({"a": np.array([print])}, packed=False)


def test_it_is_read_back_whole_or_in_part():
    data = bytes(to_npz(ARRAYS, packed=True))
    whole = from_npz(io.BytesIO(data), 10**6)
    assert list(whole) == list(ARRAYS)
    name = next(iter(ARRAYS))
    assert list(from_npz(io.BytesIO(data), 10**6, [name])) == [name]
    np.testing.assert_array_equal(whole[name], ARRAYS[name])


def test_what_is_damaged_too_large_or_not_there_is_said():
    data = bytes(to_npz(ARRAYS, packed=True))
    for damaged in (b"", data[:-9]):
        with pytest.raises(ValueError, match="not a zip file"):
            from_npz(io.BytesIO(damaged), 10**6)
    with pytest.raises(ValueError, match=r"it declares [\d,]+ bytes, more than it may"):
        from_npz(io.BytesIO(data), 9)
    with pytest.raises(ValueError, match="none is not a file in the archive"):
        from_npz(io.BytesIO(data), 10**6, ["none"])
