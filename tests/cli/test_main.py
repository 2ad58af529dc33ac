"""The command begins: Ctrl-C is one line, however early it comes."""

import subprocess
import sys

INTERRUPTED = """
import sys, types

class Slow(types.ModuleType):
    def __getattr__(self, name):
        raise KeyboardInterrupt

sys.modules["beenet.cli"] = Slow("beenet.cli")
from beenet.__main__ import run
run()
"""


def test_an_interrupt_while_the_commands_are_loaded_is_one_line():
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (130, "Error: interrupted\n")
