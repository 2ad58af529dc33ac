"""What C code writes to stderr, led elsewhere: past Python's own stream."""

import os
import subprocess
import sys

import pytest

from beenet.streams import stderr_descriptor, stderr_into


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
from beenet.streams import stderr_into
{close}
with open(os.devnull, "wb") as nowhere, stderr_into(nowhere.fileno()):
    print("went on")
"""


@pytest.mark.parametrize("close", ["os.close(2)", "sys.__stderr__.close()"])
def test_where_it_is_closed_all_goes_on(close):
    code = CLOSED.format(close=close)
    assert subprocess.check_output([sys.executable, "-c", code]) == b"went on\n"
