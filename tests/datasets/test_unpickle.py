"""Arrays come back whole; hostile and damaged files end in one DatasetError each."""

import gzip
import os
import pickle
import struct
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from beenet.datasets.unpickle import stored_array
from beenet.errors import DatasetError

DTYPES = ["?", "u1", "i1", "<u2", ">i2", "<i4", ">u4", "<i8", "<f2", "<f4", ">f4", "f8"]
ON_TMP = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


class Hostile:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("pwned",)


def refusal(path: Path, raw: bytes) -> str:
    path.write_bytes(raw)
    with pytest.raises(DatasetError) as caught:
        stored_array(path).everything()
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


@ON_TMP
@given(data=st.data())
def test_arrays_of_any_dtype_and_layout_round_trip(
    tmp_path: Path, data: st.DataObject
) -> None:
    dtype = np.dtype(data.draw(st.sampled_from(DTYPES)))
    shapes = hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5)
    array = data.draw(hnp.arrays(dtype, shapes))
    axes = data.draw(st.permutations(range(array.ndim)))
    array = array.transpose(axes)[:: data.draw(st.sampled_from([1, 2]))]
    path = tmp_path / "a.pck"
    path.write_bytes(pickle.dumps(array, data.draw(st.integers(2, 5))))
    found = stored_array(path)
    assert (found.shape, found.dtype) == (array.shape, array.dtype)
    start = data.draw(st.integers(0, len(array)))
    stop = data.draw(st.integers(start, len(array)))
    # Bytes are compared, so that NaN equals itself and -0.0 is not 0.0.
    assert found.rows(start, stop).tobytes() == array[start:stop].tobytes()


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("fortran", [False, True])
def test_large_arrays_round_trip(tmp_path: Path, protocol: int, fortran: bool) -> None:
    array = np.random.default_rng(0).random((50, 40, 30))
    array = np.asfortranarray(array) if fortran else array
    path = tmp_path / "a.pck"
    path.write_bytes(pickle.dumps(array, protocol))
    np.testing.assert_array_equal(stored_array(path).everything(), array)


@pytest.mark.parametrize("protocol", [2, 3])
def test_files_of_an_old_numpy_load(tmp_path: Path, protocol: int) -> None:
    array = np.arange(12.0).reshape(3, 4)
    raw = pickle.dumps(array, protocol).replace(b"numpy._core", b"numpy.core")
    path = tmp_path / "old.pck"
    path.write_bytes(raw)
    np.testing.assert_array_equal(stored_array(path).everything(), array)


def test_files_of_python_2_load(tmp_path: Path) -> None:
    raw = (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02"
        b"K\x00\x85U\x01b\x87Rq\x03(K\x01K\x02\x85cnumpy\ndtype\nq\x04U\x02u1K\x00K\x01"
        b"\x87Rq\x05(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
        b"U\x02\x07\xfftb."
    )
    path = tmp_path / "py2.pck"
    path.write_bytes(raw)
    np.testing.assert_array_equal(stored_array(path).everything(), [7, 255])


def test_bytes_counted_for_files_beyond_4_gb_load(tmp_path: Path) -> None:
    array = np.arange(100.0)
    raw = pickle.dumps(array, 4)
    short, long = b"B" + struct.pack("<I", 800), b"\x8e" + struct.pack("<Q", 800)
    assert short in raw
    path = tmp_path / "long.pck"
    path.write_bytes(raw.replace(short, long))
    np.testing.assert_array_equal(stored_array(path).everything(), array)


def test_an_array_of_another_class_is_refused(tmp_path: Path) -> None:
    raw = pickle.dumps(np.zeros(2), 3).replace(b"cnumpy\nndarray", b"cnumpy\nmatrix")
    assert refusal(tmp_path / "m.pck", raw) == (
        "asks to call numpy.matrix, which no numeric array needs; nothing was run"
    )


def test_axes_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    name = b"\x8c\x13numpy._core.numeric\x8c\x0b_frombuffer\x93"
    dtype = b"cnumpy\ndtype\n\x8c\x02u1\x89\x88\x87R"
    for axes in (b"K\x00K\x00\x86", b"K\x00K\x07\x86", b"K\x00\x85"):
        shape = b"K\x01K\x02\x86"
        raw = b"\x80\x05" + name + b"(C\x02ab" + dtype + shape + b"\x8c\x01K" + axes
        assert refusal(tmp_path / "k.pck", raw + b"tR.") == (
            "is a damaged pickle (axes that do not exist)"
        )


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_pickle_that_would_run_code_is_refused_and_nothing_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, protocol: int
) -> None:
    monkeypatch.chdir(tmp_path)
    message = refusal(tmp_path / "evil.pck", pickle.dumps(Hostile(), protocol))
    assert message == (
        "asks to call posix.mkdir, which no numeric array needs; nothing was run"
        if os.name == "posix"
        else "asks to call nt.mkdir, which no numeric array needs; nothing was run"
    )
    assert not (tmp_path / "pwned").exists()


def test_a_name_cannot_break_the_line_of_the_error(tmp_path: Path) -> None:
    raw = b"\x80\x04\x8c\x03a\nb\x8c\x03\x1b[2\x93)R."
    assert refusal(tmp_path / "evil.pck", raw).startswith(r"asks to call a\nb.\x1b[2, ")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is empty"),
        (
            b"hello, world\n",
            "is not a pickle of protocol 2 or later (it starts with b'hello, w')",
        ),
        (gzip.compress(b"x", mtime=0), "is a gzip file; unpack it first"),
        (b"PK\x03\x04....", "is a zip file; unpack it first"),
        (b"\x93NUMPY\x01\x00", "is a .npy file; a pickle was expected"),
        (b"\x80", "ends in the middle of its pickle: it is truncated"),
        (b"\x80\x09.", "is a pickle of protocol 9; 2 to 5 are read"),
        (pickle.dumps([1.0]), "holds a Python list; expected one numpy array"),
        (pickle.dumps({}), "holds a Python dict; expected one numpy array"),
        (pickle.dumps(1.0), "holds a Python float; expected one numpy array"),
        (pickle.dumps("a"), "holds something other than one numpy array"),
        (
            pickle.dumps(np.array([None])),
            "holds values of dtype 'O8'; expected plain numbers",
        ),
        (
            pickle.dumps(np.zeros(2, "c16")),
            "holds values of dtype 'c16'; expected plain numbers",
        ),
        (
            pickle.dumps(np.array(3.0)),
            "holds a single number; expected an array of examples",
        ),
        (b"\x80\x02.", "is a damaged pickle (its stack is empty)"),
        (b"\x80\x02h\x07.", "is a damaged pickle (it recalls what it never stored)"),
        (b"\x80\x02K\x01)R.", "is a damaged pickle (it calls what is no function)"),
        (b"\x80\x02" + b"(" * 5000, "is not the pickle of one numpy array "
         "(too many instructions)"),
        (b"\x80\x02\xff", "holds the pickle instruction b'\\xff', "
         "which no numpy array needs"),
        (b"\x80\x02Q.", "holds the pickle instruction BINPERSID, "
         "which no numpy array needs"),
    ],
)  # fmt: skip
def test_what_is_no_array_is_told_in_one_line(
    tmp_path: Path, raw: bytes, message: str
) -> None:
    assert refusal(tmp_path / "bad.pck", raw) == message


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_pickle_cut_anywhere_is_refused(tmp_path: Path, protocol: int) -> None:
    raw = pickle.dumps(np.arange(20.0), protocol)
    for length in range(len(raw)):
        refusal(tmp_path / "cut.pck", raw[:length])


def test_a_truncated_pickle_says_what_is_missing(tmp_path: Path) -> None:
    raw = pickle.dumps(np.zeros(1000), 3)
    assert "where 5000 are left: it is truncated" in refusal(
        tmp_path / "cut.pck", raw[: raw.index(b"B@\x1f\x00\x00") + 5 + 5000]
    )


@pytest.mark.parametrize("code", [b"\x8e", b"\x96", b"\x8d"])
def test_a_length_beyond_the_file_costs_no_memory(tmp_path: Path, code: bytes) -> None:
    raw = b"\x80\x05" + code + struct.pack("<Q", 2**62) + b"."
    tracemalloc.start()
    assert "declares 4611686018427387904 bytes" in refusal(tmp_path / "big.pck", raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**20


def test_a_shape_that_the_bytes_do_not_fill_is_refused(tmp_path: Path) -> None:
    raw = pickle.dumps(np.zeros(8), 3).replace(b"K\x08\x85", b"J\xff\xff\xff\x7f\x85")
    assert refusal(tmp_path / "huge.pck", raw) == (
        "declares shape (2147483647,) of float64, 17179869176 bytes, but holds 64"
    )


def test_a_negative_shape_is_refused(tmp_path: Path) -> None:
    raw = pickle.dumps(np.zeros(8), 3).replace(b"K\x08\x85", b"J\xf8\xff\xff\xff\x85")
    assert refusal(tmp_path / "n.pck", raw) == (
        "is a damaged pickle (a shape that cannot be)"
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "no.pck"
    with pytest.raises(DatasetError) as caught:
        stored_array(path)
    assert str(caught.value) == f"{path}: cannot be read: No such file or directory"


@ON_TMP
@given(raw=st.binary(max_size=400))
@example(raw=b"\x80\x02" + b"(" * 300)
def test_random_bytes_end_in_a_dataset_error(tmp_path: Path, raw: bytes) -> None:
    for start in (b"", b"\x80\x04"):
        refusal(tmp_path / "fuzz.pck", start + raw)


@settings(ON_TMP, max_examples=400)
@given(
    protocol=st.integers(2, 5),
    fortran=st.booleans(),
    changes=st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6
    ),
)
def test_a_mutated_pickle_loads_or_ends_in_a_dataset_error(
    tmp_path: Path, protocol: int, fortran: bool, changes: list[tuple[int, int]]
) -> None:
    array = np.asarray(np.ones((3, 4)), order="F" if fortran else "C")
    raw = bytearray(pickle.dumps(array, protocol))
    for place, value in changes:
        raw[place % len(raw)] = value
    path = tmp_path / "mutated.pck"
    path.write_bytes(raw)
    try:
        found = stored_array(path)
        loaded = found.everything()
    except DatasetError:
        return
    # Whatever loads holds no more than the file does.
    assert loaded.nbytes <= 2 * len(raw)
