import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from beenet.datasets import cache as module
from beenet.datasets.cache import adopt, cached
from beenet.errors import DatasetError


class Rows:
    """A source that counts how often it is read."""

    def __init__(self, array: NDArray[Any]) -> None:
        self.array = array
        self.shape, self.dtype = array.shape, array.dtype
        self.reads = 0

    def rows(self, start: int, stop: int) -> NDArray[Any]:
        self.reads += 1
        return self.array[start:stop]


@pytest.fixture
def units() -> Rows:
    return Rows((np.arange(60).reshape(5, 12) / 255).astype(np.float64))


def test_units_become_mapped_read_only_bytes(tmp_path: Path, units: Rows) -> None:
    found = cached(units, "key", "x", tmp_path)
    assert isinstance(found.values, np.memmap)
    assert found.values.dtype == np.uint8
    assert not found.values.flags.writeable
    np.testing.assert_array_equal(found.values.ravel(), np.arange(60))
    assert (found.low, found.high) == (0.0, float(np.float32(59 / 255)))


def test_other_values_become_float32(tmp_path: Path) -> None:
    array = np.array([[0.0, 1.0], [-0.25, 0.3]])
    found = cached(Rows(array), "key", "x", tmp_path)
    assert found.values.dtype == np.float32
    np.testing.assert_array_equal(found.values, array.astype(np.float32))
    assert (found.low, found.high) == (-0.25, 1.0)


def test_the_second_time_nothing_is_read(tmp_path: Path, units: Rows) -> None:
    cached(units, "key", "x", tmp_path)
    reads = units.reads
    cached(units, "key", "x", tmp_path)
    assert units.reads == reads


def test_nothing_but_the_array_its_note_and_its_lock_stays(
    tmp_path: Path, units: Rows
) -> None:
    cached(units, "key", "x", tmp_path)
    names = {path.name for path in tmp_path.iterdir()} - {"key-v1.lock"}
    assert names == {"key-v1.npy", "key-v1.json"}


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    before = path.stat()
    path.write_bytes(raw)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [flip, cut, empty, Path.unlink])
@pytest.mark.parametrize("suffix", ["npy", "json"])
def test_damage_is_noticed_and_mended(
    tmp_path: Path, units: Rows, damage: Any, suffix: str
) -> None:
    cached(units, "key", "x", tmp_path)
    before = (tmp_path / "key-v1.npy").read_bytes()
    damage(tmp_path / f"key-v1.{suffix}")
    found = cached(units, "key", "x", tmp_path)
    np.testing.assert_array_equal(found.values.ravel(), np.arange(60))
    assert (tmp_path / "key-v1.npy").read_bytes() == before


def test_a_half_written_file_of_a_killed_process_is_no_hindrance(
    tmp_path: Path, units: Rows
) -> None:
    (tmp_path / "key-v1.tmp").write_bytes(b"half")
    (tmp_path / "key-v1.npy").write_bytes(b"never finished: it has no note")
    found = cached(units, "key", "x", tmp_path)
    np.testing.assert_array_equal(found.values.ravel(), np.arange(60))
    assert not (tmp_path / "key-v1.tmp").exists()


def test_a_cache_that_was_moved_is_checked_once_and_used(
    tmp_path: Path, units: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached(units, "key", "x", tmp_path / "a")
    reads = units.reads
    (tmp_path / "a").rename(tmp_path / "b")
    os.utime(tmp_path / "b/key-v1.npy")
    cached(units, "key", "x", tmp_path / "b")
    assert units.reads == reads
    monkeypatch.setattr(module, "sha256_of", lambda _: pytest.fail("checked twice"))
    cached(units, "key", "x", tmp_path / "b")


def test_adopted_arrays_need_no_check(
    tmp_path: Path, units: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached(units, "key", "x", tmp_path / "a")
    adopt(tmp_path / "a", tmp_path / "b")
    monkeypatch.setattr(module, "sha256_of", lambda _: pytest.fail("checked"))
    found = cached(units, "key", "x", tmp_path / "b")
    np.testing.assert_array_equal(found.values.ravel(), np.arange(60))


def test_bad_values_leave_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"^x: row 1 holds NaN"):
        cached(Rows(np.array([[0.0], [np.nan]])), "key", "x", tmp_path)
    assert [p.name for p in tmp_path.iterdir() if p.suffix != ".lock"] == []


def test_without_a_writable_folder_the_values_are_mapped_all_the_same(
    tmp_path: Path, units: Rows
) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    found = cached(units, "key", "x", tmp_path / "blocked")
    assert isinstance(found.values, np.memmap)
    assert found.values.dtype == np.uint8
    np.testing.assert_array_equal(found.values.ravel(), np.arange(60))


def test_an_array_is_on_the_disk_before_its_note(
    tmp_path: Path, units: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, fsync = [], os.fsync

    def note(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    cached(units, "key", "x", tmp_path)
    array, told = ((tmp_path / f"key-v1.{end}").stat() for end in ("npy", "json"))
    assert synced.index(array.st_ino) < synced.index(told.st_ino)


@pytest.mark.parametrize("array", [np.arange(4.0) / 255, np.arange(4.0)])
def test_without_any_room_the_values_stay_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, array: NDArray[np.float64]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    monkeypatch.setattr(os, "fsync", full)
    found = cached(Rows(array.reshape(4, 1)), "key", "x", tmp_path)
    assert not found.values.flags.writeable
    scale = 255 if found.values.dtype == np.uint8 else 1
    np.testing.assert_array_equal(found.values.ravel() / scale, array)
    assert not list(tmp_path.glob("*.tmp"))


TWO = """
import sys, numpy as np
from pathlib import Path
from beenet.datasets.cache import cached
class Rows:
    shape, dtype, reads = (3000, 2000), np.dtype(np.float32), 0
    def rows(self, start, stop):
        Rows.reads += 1
        block = np.arange(start, stop, dtype=np.float32)[:, None] % 256
        return np.broadcast_to(block / np.float32(255), (stop - start, 2000))
print("ready", flush=True)
sys.stdin.readline()
values = cached(Rows(), "key", "x", Path(sys.argv[1])).values
assert values.dtype == np.uint8 and (values[:, 7] == np.arange(3000) % 256).all()
print(Rows.reads)
"""


def test_of_two_processes_at_once_only_one_converts(tmp_path: Path) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "-c", TWO, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(int(text) > 0 for text in outputs) == [False, True]
