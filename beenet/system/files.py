"""Atomic writes: files and folders appear whole or not at all."""

import contextlib
import json
import os
import re
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any

_PART, SCRATCH = ".part", ".beenet-scratch."
"""Parts of the names of files and folders that are being written."""
_OURS = re.compile(rf"\..+\.[0-9a-f]{{16}}{re.escape(_PART)}", re.DOTALL)


def write_bytes(path: Path, data: bytes | memoryview) -> None:
    """Write a temporary file, flush it to the disk, and rename it to ``path``.

    Raises:
        OSError: it cannot be written; an old file is untouched.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}{_PART}")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    sync_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole, in UTF-8."""
    write_bytes(path, text.encode())


def write_json(path: Path, data: Any) -> None:
    """Write plain data as JSON, whole."""
    write_text(path, json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def clear_leftovers(folder: Path) -> None:
    """Remove the temporary files that killed writers left in ``folder``.

    No other process may be writing there.
    """
    for path in folder.glob(f".*{_PART}"):
        if _OURS.fullmatch(path.name):
            path.unlink(missing_ok=True)
    for path in folder.glob(f"{SCRATCH}*"):
        shutil.rmtree(path, ignore_errors=True)


def replace_folder(new: Path, path: Path) -> None:
    """Replace the folder ``path`` by the folder ``new``.

    For a moment between two renames neither exists. A process that is killed at that
    moment leaves the old one beside it, in a folder called ``<name>.old-*``.
    """
    aside = Path(tempfile.mkdtemp(prefix=f"{path.name}.old-", dir=path.parent))
    old = aside / path.name
    try:
        if path.exists():
            path.rename(old)
        try:
            new.rename(path)
        except BaseException:
            if old.exists():
                old.rename(path)
            raise
        sync_folder(path.parent)
    finally:
        if path.exists():
            shutil.rmtree(aside, ignore_errors=True)


def sync(path: Path) -> None:
    """Flush to the disk a file that a library wrote."""
    with path.open("rb" if os.name == "posix" else "rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, on systems that can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
