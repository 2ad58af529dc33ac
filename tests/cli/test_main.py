"""The command begins: Ctrl-C is one line, however early it comes."""

import subprocess
import sys
from pathlib import Path

import pytest

INTERRUPTED = """
import sys, types

class Slow(types.ModuleType):
    def __getattr__(self, name):
        raise KeyboardInterrupt

sys.modules["beenet.cli"] = Slow("beenet.cli")
from beenet.__main__ import run
run()
"""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_help_that_cannot_be_written_is_one_line():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "beenet", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (done.returncode, done.stderr) == (
        1,
        "Error: cannot write the output: No space left on device\n",
    )


def test_an_interrupt_while_the_commands_are_loaded_is_one_line():
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (130, "Error: interrupted\n")
