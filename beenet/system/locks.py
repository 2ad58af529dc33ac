"""Locks between processes, also on file systems without locks."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout

from beenet.errors import LockedError

SOFT = ".soft"
"""Suffix of the file that replaces a lock on file systems without locks."""

_WITHOUT_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
"""Error numbers of file systems that do not support locks."""


@contextlib.contextmanager
def locked(path: Path, busy: str | None = None) -> Iterator[None]:
    """Hold the lock that a file represents.

    Args:
        path: the file; its folder must exist. It is not removed afterwards, because
            that would let two other processes in.
        busy: the error message if another process holds it; None waits for that one.

    Raises:
        LockedError: another process holds it.
        OSError: the file cannot be written.
    """
    timeout = -1 if busy is None else 0
    soft, gone = path.with_name(path.name + SOFT), ""
    lock: BaseFileLock = FileLock(path)
    try:
        try:
            lock.acquire(timeout=timeout)
        except OSError as error:  # also a Timeout, which has no number
            if error.errno not in _WITHOUT_LOCKS:
                raise
            # Some network file systems: an exclusively created file serves instead.
            # Only the same machine can check whether its creator is still alive.
            gone = f"; if that one is no more, remove {soft}"
            lock = SoftFileLock(soft)
            lock.acquire(timeout=timeout)
    except Timeout:
        raise LockedError(f"{busy}{gone}") from None
    try:
        yield
    finally:
        lock.release()
