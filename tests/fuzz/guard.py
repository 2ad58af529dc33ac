"""What reading a hostile file may not do: run, escape, hang, or eat the memory."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from beenet.config.faults import FaultsError
from beenet.errors import BeenetError

SECONDS = 10
"""Of the processor's time, for one input; the slowest honest one takes a tenth."""
MEMORY = 2**30
"""Bytes that one input may ask for. A picture may have 89 million pixels."""

_RUNS = (
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "subprocess.Popen",
    "pickle.find_class",
    "socket.",
    "webbrowser.open",
    "urllib.Request",
)
_CHANGES = (
    "os.chmod",
    "os.chown",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.truncate",
    "shutil.",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


class Finding(AssertionError):
    """A reader that breaks the promise."""


class _Watch:
    """What the audit hook, which can never be removed again, goes by."""

    folder: str | None = None
    seen: str | None = None
    installed = False


@contextlib.contextmanager
def guarded(folder: Path) -> Iterator[None]:
    """Let the body read, and write into ``folder``; raise `Finding` at anything else.

    An error of beenet's own is the right answer to a hostile file, if its message is
    one that can be shown.
    """
    if not _Watch.installed:
        sys.addaudithook(_audit)
        _Watch.installed = True
    _Watch.folder, _Watch.seen = os.path.realpath(folder), None
    try:
        with _limited_time(), _limited_memory():
            yield
    except BeenetError as error:
        _check_message(error)
    finally:
        _Watch.folder = None
    if _Watch.seen:
        raise Finding(_Watch.seen)


def _check_message(error: BeenetError) -> None:
    text = str(error)
    lines = text.splitlines()
    if not text.strip():
        raise Finding("an error without a message")
    if len(lines) > 1 and not isinstance(error, FaultsError):
        raise Finding(f"an error of {len(lines)} lines: {text!r}")
    if any(len(line) > 2000 for line in lines):
        raise Finding(f"an error of {len(text)} characters: {text[:200]!r}")
    if not all(line.isprintable() for line in lines):
        raise Finding(f"an error with characters that do harm: {text!r}")


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _Watch.folder is None or _Watch.seen is not None:
        return
    if event == "open":
        path, _, flags = arguments
        writes = isinstance(flags, int) and flags & _WRITING
        if writes and isinstance(path, str | bytes) and not _inside(path):
            _Watch.seen = f"opened {path!r} to write"
    elif event.startswith(_RUNS):
        _Watch.seen = f"{event} {arguments!r}"
    elif event.startswith(_CHANGES):
        paths = [a for a in arguments if isinstance(a, str | bytes | os.PathLike)]
        if not all(_inside(os.fspath(path)) for path in paths):
            _Watch.seen = f"{event} {arguments!r}"


def _inside(path: str | bytes) -> bool:
    real = os.path.realpath(os.fsdecode(path))
    return real == os.devnull or f"{real}{os.sep}".startswith(
        f"{_Watch.folder}{os.sep}"
    )


@contextlib.contextmanager
def _limited_time() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Finding(f"took more than {SECONDS} s of the processor's time")

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextlib.contextmanager
def _limited_memory() -> Iterator[None]:
    """Make what asks for more fail, where the system can; nothing honest comes near."""
    if not sys.platform.startswith("linux"):
        yield
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
