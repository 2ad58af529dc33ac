"""Scratch folders for data that is not complete yet."""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from beenet.errors import LockedError
from beenet.system import locks
from beenet.system.files import SCRATCH

_LOCK = ".lock"
_SETTLED = 10.0
"""Age in seconds after which the creator of a folder has certainly locked it."""


@contextlib.contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """Yield an empty folder below ``parent``, on the same disk; remove it afterwards.

    It is locked meanwhile, so that a later call removes only what a killed process
    left, and nothing that another process is writing.
    """
    _clear_abandoned(parent)
    outer = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=parent))
    try:
        with locks.locked(outer / _LOCK):
            folder = outer / "new"
            folder.mkdir()
            yield folder
    finally:
        shutil.rmtree(outer, ignore_errors=True)


def _clear_abandoned(parent: Path) -> None:
    for left in parent.glob(f"{SCRATCH}*"):
        with contextlib.suppress(OSError, LockedError):
            age = time.time() - left.stat().st_mtime
            if left.is_symlink() or not (left / _LOCK).is_file() or age < _SETTLED:
                continue
            with locks.locked(left / _LOCK, busy=""):
                shutil.rmtree(left, ignore_errors=True)
