import os
import signal
import subprocess
import sys
import time

import pytest

from beenet.system.scratch import scratch_folder

MAKER = """\
import sys
from pathlib import Path
from beenet.system.scratch import scratch_folder
with scratch_folder(Path(sys.argv[1])) as folder:
    (folder / "half").write_text("x")
    print(flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def maker(tmp_path):
    """Start a process that writes below ``tmp_path``, since long ago."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAKER, tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    process.stdout.readline()
    (folder,) = tmp_path.iterdir()
    long_ago = time.time() - 3600
    os.utime(folder, (long_ago, long_ago))
    yield process
    process.kill()
    process.communicate()


def test_it_is_empty_and_gone_afterwards(tmp_path):
    with scratch_folder(tmp_path) as folder:
        assert list(folder.iterdir()) == []
        (folder / "file").touch()
    assert list(tmp_path.iterdir()) == []


def test_what_another_process_is_writing_stays(tmp_path, maker):
    with scratch_folder(tmp_path):
        pass
    (left,) = tmp_path.iterdir()
    assert (left / "new/half").exists()


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path, maker):
    maker.send_signal(signal.SIGKILL)
    maker.wait()
    (left,) = tmp_path.iterdir()
    assert (left / "new/half").exists()
    with scratch_folder(tmp_path):
        assert not left.exists()
    assert list(tmp_path.iterdir()) == []


def test_what_is_new_or_not_ours_stays(tmp_path):
    with scratch_folder(tmp_path) as folder:
        name = folder.parent.name
    ours, users = tmp_path / f"{name}-new", tmp_path / f"{name}-users"
    ours.mkdir()
    (ours / ".lock").touch()
    users.mkdir()
    os.utime(users, (0, 0))
    with scratch_folder(tmp_path):
        pass
    assert sorted(tmp_path.iterdir()) == [ours, users]
