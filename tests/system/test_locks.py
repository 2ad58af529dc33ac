import errno
import subprocess
import sys

import pytest

from beenet.errors import LockedError
from beenet.system.locks import locked

_HOLD = """
import sys, pathlib
from beenet.system.locks import locked
with locked(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def without_locks(monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def flock(*_):
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", flock)


def test_what_another_process_holds_is_busy_until_it_ends(tmp_path):
    path = tmp_path / "a.lock"
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=r"^wait for it$"):
            locked(path, "wait for it").__enter__()
        other.kill()
        other.wait()
        with locked(path):
            assert path.exists()


@pytest.mark.usefixtures("without_locks")
def test_without_locks_a_file_that_one_alone_can_make_stands_in(tmp_path):
    path, soft = tmp_path / "a.lock", tmp_path / "a.lock.soft"
    with locked(path):
        assert soft.exists()
        with pytest.raises(LockedError) as caught:
            locked(path, "wait for it").__enter__()
        assert str(caught.value) == (
            f"wait for it; if that one is no more, remove {soft}"
        )
    assert not soft.exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        locked(tmp_path / "file" / "a.lock", "wait").__enter__()
    with locked(tmp_path / "a.lock", "wait"):  # free again, and held by nobody
        pass
