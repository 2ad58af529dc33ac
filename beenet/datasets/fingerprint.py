"""SHA-256 of files, cached so that unchanged files are not read again."""

import hashlib
import os
import time
from pathlib import Path

from beenet.errors import DatasetError
from beenet.system.files import write_json
from beenet.system.plain_files import read_json
from beenet.text.words import reason

_RACY_NS = 100_000_000  # a file this new may change without a new time stamp


def stamp(path: Path) -> list[int]:
    """Return a file's size, mtime, ctime (ns) and inode, without reading it."""
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


def sha256_of(path: Path) -> str:
    """Read the whole file and return its SHA-256 in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        block = bytearray(2**20)
        while count := file.readinto(block):
            digest.update(memoryview(block)[:count])
    return digest.hexdigest()


def fingerprint(path: Path, cache: Path) -> str:
    """Return the file's SHA-256, from the cache if the file has not changed.

    Args:
        path: the file.
        cache: the folder of cached hashes; it may be missing or read-only.

    Raises:
        DatasetError: the file cannot be read.
    """
    note = _note(path, cache)
    try:
        now = stamp(path)
        known = read_note(note)
        if known.get("stamp") == now and isinstance(known.get("sha256"), str):
            return str(known["sha256"])
        digest = sha256_of(path)
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {reason(error)}") from error
    remember(path, cache, digest, now)
    return digest


def remember(path: Path, cache: Path, digest: str, seen: list[int]) -> None:
    """Cache the SHA-256 of a file whose stamp was `seen`; failures are ignored."""
    if time.time_ns() - seen[1] < _RACY_NS:
        return
    try:
        note = _note(path, cache)
        note.parent.mkdir(parents=True, exist_ok=True)
        write_json(note, {"path": str(path), "stamp": seen, "sha256": digest})
    except OSError:
        return  # a read-only home only costs time


def read_note(path: Path) -> dict[str, object]:
    """Read a JSON object; a missing or damaged one reads as empty."""
    try:
        found = read_json(path)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _note(path: Path, cache: Path) -> Path:
    key = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:32]
    return cache / "seen" / f"{key}.json"
