import os

import pytest

from beenet.system import plain_files
from beenet.system.plain_files import open_plain, read_json, read_plain


def test_a_file_is_read(tmp_path):
    (tmp_path / "a").write_text('{"é": [1]}', encoding="utf-8")
    (tmp_path / "link").symlink_to("a")
    assert read_json(tmp_path / "link") == {"é": [1]}
    assert read_plain(tmp_path / "a") == '{"é": [1]}'.encode()
    with pytest.raises(FileNotFoundError):
        open_plain(tmp_path / "b")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders")
@pytest.mark.parametrize("read", [open_plain, read_plain, read_json])
def test_for_a_pipe_nobody_waits(tmp_path, read):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="is no plain file"):
        read(tmp_path / "pipe")


def test_what_is_too_large_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(plain_files, "_MAX_BYTES", 10)
    (tmp_path / "a").write_text("x" * 11)
    with pytest.raises(OSError, match="is larger than 10 bytes"):
        read_plain(tmp_path / "a")


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"[" * 200_000, "nested too deeply"), (b"{", "Expecting"), (b"\xff", "decode")],
)
def test_what_is_no_json_is_a_value_error(tmp_path, data, words):
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(ValueError, match=words):
        read_json(tmp_path / "a")
