import errno
import os

import pytest

from beenet.system import files


def test_a_file_is_written_whole(tmp_path):
    files.write_json(tmp_path / "a.json", {"é": 1})
    assert (tmp_path / "a.json").read_text("utf-8") == '{\n  "é": 1\n}\n'
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    files.write_text(path, "old")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.write_text(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_bytes_then_name_are_on_the_disk_when_it_returns(tmp_path, monkeypatch):
    synced, fsync = [], os.fsync

    def note(descriptor):
        there = os.fstat(descriptor)
        synced.append((there.st_ino, there.st_size))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    path = tmp_path / "a"
    files.write_bytes(path, b"12345")
    assert synced[0] == (path.stat().st_ino, 5)
    assert [number for number, _ in synced[1:]] == [tmp_path.stat().st_ino]


def test_written_files_follow_the_umask(tmp_path):
    old = os.umask(0o027)
    try:
        files.write_text(tmp_path / "a.txt", "x")
    finally:
        os.umask(old)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


@pytest.fixture
def new(tmp_path):
    def new(text):
        folder = tmp_path / "new"
        folder.mkdir()
        (folder / "a").write_text(text)
        return folder

    return new


def test_a_folder_is_replaced_and_nothing_else_is(tmp_path, new):
    place = tmp_path / "place"
    (tmp_path / "place.old").mkdir()
    (tmp_path / "place.old/thesis.txt").write_text("years of work")
    files.replace_folder(new("1"), place)
    files.replace_folder(new("2"), place)
    assert (place / "a").read_text() == "2"
    assert sorted(os.listdir(tmp_path)) == ["place", "place.old"]
    assert (tmp_path / "place.old/thesis.txt").read_text() == "years of work"


def test_a_folder_that_cannot_be_replaced_stays(tmp_path, new):
    place = tmp_path / "place"
    files.replace_folder(new("1"), place)
    with pytest.raises(FileNotFoundError):
        files.replace_folder(tmp_path / "none", place)
    assert (place / "a").read_text() == "1"
    assert os.listdir(tmp_path) == ["place"]
