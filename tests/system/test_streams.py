"""The standard streams: closed, broken, or written to past Python."""

import os
import subprocess
import sys

import pytest

from beenet.system.streams import (
    open_missing,
    stderr_descriptor,
    stderr_into,
    tell,
    unbreakable,
)


def test_it_is_led_into_a_file_and_back(tmp_path, capfd):
    def fail():
        with (tmp_path / "held").open("wb") as held, stderr_into(held.fileno()):
            os.write(stderr_descriptor(), b"inside\n")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    os.write(stderr_descriptor(), b"after\n")
    assert (tmp_path / "held").read_bytes() == b"inside\n"
    assert capfd.readouterr().err == "after\n"


CLOSED = """
import os, sys
from beenet.system.streams import stderr_into
{close}
with open(os.devnull, "wb") as nowhere, stderr_into(nowhere.fileno()):
    print("went on")
"""


@pytest.mark.parametrize("close", ["os.close(2)", "sys.__stderr__.close()"])
def test_where_it_is_closed_all_goes_on(close):
    code = CLOSED.format(close=close)
    assert subprocess.check_output([sys.executable, "-c", code]) == b"went on\n"


class Broken:
    encoding = "utf-8"

    def write(self, text):
        raise BrokenPipeError

    def flush(self):
        raise OSError


def test_what_nobody_can_read_ends_nothing(monkeypatch, capsys):
    tell("read")
    assert capsys.readouterr().err == "read\n"
    for stderr in (Broken(), None):
        monkeypatch.setattr(sys, "stderr", stderr)
        tell("lost")
    stream = unbreakable(Broken())
    assert stream.write("lost") == 4
    stream.flush()
    assert stream.encoding == "utf-8"


def test_a_missing_stream_is_an_empty_one(monkeypatch):
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    open_missing()
    assert sys.stdin.read() == ""
    sys.stdout.write("lost")
    assert not sys.stdout.isatty()
    for name in ("stdin", "stdout", "stderr"):
        getattr(sys, name).close()


@pytest.mark.skipif(os.name != "posix", reason="a shell that closes streams")
def test_a_command_without_streams_works(tmp_path):
    command = f"{sys.executable} -m beenet report {tmp_path} <&- >&- 2>&-"
    assert subprocess.run(command, shell=True, check=False).returncode == 0
