"""Processes for trials: what forks them may be killed itself."""

from types import SimpleNamespace

import pytest

from beenet.errors import SweepError
from beenet.sweep.local import LocalExecutor
from beenet.sweep.task import Task


class Process:
    """One that can be started only after some failures."""

    def __init__(self, failures):
        self.failures, self.started = failures, False

    def start(self):
        if self.failures:
            self.failures -= 1
            raise EOFError("unexpected EOF")
        self.started = True

    def kill(self):
        pass

    def join(self, _):
        pass


@pytest.fixture
def submit(tmp_path):
    def submit(process):
        executor = LocalExecutor(1, 1, tmp_path)
        pipe = SimpleNamespace(close=lambda: None)
        executor._context = SimpleNamespace(
            Pipe=lambda duplex: (pipe, pipe), Process=lambda **_: process
        )
        executor.submit(Task("a", {}, str(tmp_path), None, 1))
        executor.close()

    return submit


def test_a_process_is_started_though_what_forks_them_was_killed(submit):
    process = Process(failures=1)
    submit(process)
    assert process.started


def test_where_none_can_be_started_it_is_one_line(submit):
    with pytest.raises(SweepError) as caught:
        submit(Process(failures=2))
    assert str(caught.value) == (
        "no process can be started for a trial (unexpected EOF; out of memory?); the "
        "same command resumes from there"
    )
