import hashlib
import os
from pathlib import Path

import pytest

from beenet.datasets import fingerprint as module
from beenet.datasets.fingerprint import fingerprint, read_note
from beenet.errors import DatasetError
from beenet.system.files import write_json


def age(path: Path) -> None:
    os.utime(path, (1, 1))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    age(path)
    return path


def test_an_unchanged_file_is_not_read_again(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = fingerprint(file, tmp_path / "cache")
    assert first == hashlib.sha256(b"abc").hexdigest()
    monkeypatch.setattr(module, "sha256_of", lambda _: pytest.fail("read again"))
    assert fingerprint(file, tmp_path / "cache") == first


def test_a_changed_file_is_noticed_even_with_its_old_time_and_size(
    file: Path, tmp_path: Path
) -> None:
    fingerprint(file, tmp_path / "cache")
    file.write_bytes(b"abd")
    age(file)
    assert fingerprint(file, tmp_path / "cache") == hashlib.sha256(b"abd").hexdigest()


def test_a_file_written_a_moment_ago_is_not_remembered(tmp_path: Path) -> None:
    path = tmp_path / "young"
    path.write_bytes(b"abc")
    fingerprint(path, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_damaged_note_is_as_good_as_none(file: Path, tmp_path: Path) -> None:
    fingerprint(file, tmp_path / "cache")
    (note,) = (tmp_path / "cache/seen").iterdir()
    note.write_text("{")
    assert fingerprint(file, tmp_path / "cache") == hashlib.sha256(b"abc").hexdigest()


def test_a_cache_that_cannot_be_written_is_no_matter(
    file: Path, tmp_path: Path
) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    found = fingerprint(file, tmp_path / "blocked")
    assert found == hashlib.sha256(b"abc").hexdigest()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        fingerprint(tmp_path / "no", tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'no'}: cannot be read: No such file or directory"
    )


def test_json_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"a": 1})
    with pytest.raises(TypeError):
        write_json(path, {"a": object()})
    assert read_note(path) == {"a": 1}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"a"' + "[" * 100_000])
def test_json_that_is_no_object_reads_as_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert read_note(tmp_path / "a.json") == {}
