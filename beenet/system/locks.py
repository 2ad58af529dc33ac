"""Locks between processes, on file systems without locks as well."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout

from beenet.errors import LockedError

SOFT = ".soft"
"""Behind a lock's name: the file that stands in for it where there are no locks."""

_WITHOUT_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
"""What a file system says that knows no locks."""


@contextlib.contextmanager
def locked(path: Path, busy: str | None = None) -> Iterator[None]:
    """Hold the lock that a file stands for.

    Args:
        path: the file; its folder is there. It stays, for to remove it would let two
            others in.
        busy: what to say if another process holds it; None waits for that one.

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
        except OSError as error:  # a Timeout, too, which has no number
            if error.errno not in _WITHOUT_LOCKS:
                raise
            # Some network file systems: a file that nobody else may make will do.
            # Whether its maker lives can be told on the same machine alone.
            gone = f"; if that one is no more, remove {soft}"
            lock = SoftFileLock(soft)
            lock.acquire(timeout=timeout)
    except Timeout:
        raise LockedError(f"{busy}{gone}") from None
    try:
        yield
    finally:
        lock.release()
