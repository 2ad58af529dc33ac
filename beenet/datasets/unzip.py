"""Extracts the six pickles and a manifest from a zip, and nothing else."""

import contextlib
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from beenet.datasets.folder import SIX_FILES
from beenet.datasets.manifest import FILE_NAME
from beenet.errors import DatasetError

_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""zipfile decompresses others a megabyte at a time, which may unpack to gigabytes."""
_BLOCK = 2**20


def unzip_six(archive: Path, target: Path, most_bytes: int) -> None:
    """Unpack the six pickles of a zip, and a manifest, into a folder.

    They are recognized by their base names and may be in a sub-folder; other members
    are ignored, and no member's path is ever used to write.

    Args:
        archive: the zip file.
        target: an existing, empty folder.
        most_bytes: the six files together may not unpack to more than this.

    Raises:
        DatasetError: damaged, encrypted, ambiguous, incomplete or too large.
    """
    with _naming_damage(archive):
        opened = zipfile.ZipFile(archive)
    with opened:
        left = most_bytes
        for name, member in _members(archive, opened).items():
            if member.file_size > left:
                raise _too_large(archive, most_bytes)
            with (target / name).open("wb") as file:
                for block in _blocks(archive, opened, member):
                    file.write(block)
                    left -= len(block)
                    if left < 0:  # a header may lie about the size
                        raise _too_large(archive, most_bytes)


@contextlib.contextmanager
def _naming_damage(archive: Path) -> Iterator[None]:
    """Turn whatever the decoder raises into an error that the archive is damaged."""
    try:
        yield
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise DatasetError(f"{archive}: is a damaged zip file: {reason}") from error


def _blocks(
    archive: Path, opened: zipfile.ZipFile, member: zipfile.ZipInfo
) -> Iterator[bytes]:
    with _naming_damage(archive), opened.open(member) as source:
        while block := source.read(_BLOCK):
            yield block


def _members(archive: Path, opened: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    for member in opened.infolist():
        name = PurePosixPath(member.filename).name
        # macOS adds a metadata copy of every file, in its own folder.
        if name not in (*SIX_FILES, FILE_NAME) or member.filename.startswith(
            "__MACOSX/"
        ):
            continue
        if name in found:
            raise DatasetError(
                f"{archive}: holds {name} twice: "
                f"{found[name].filename!r} and {member.filename!r}"
            )
        if member.flag_bits & _ENCRYPTED:
            raise DatasetError(f"{archive}: {name} is encrypted; unpack it first")
        if member.compress_type not in _METHODS:
            raise DatasetError(
                f"{archive}: {name} is packed by a method that is not read; zip it "
                "the usual way (deflate)"
            )
        found[name] = member
    missing = [name for name in SIX_FILES if name not in found]
    if missing:
        raise DatasetError(
            f"{archive}: {len(missing)} of the six files missing: {', '.join(missing)}"
        )
    return found


def _too_large(archive: Path, most_bytes: int) -> DatasetError:
    return DatasetError(
        f"{archive}: unpacks to more than {most_bytes / 1e9:.1f} GB, "
        "the most that this data set can need"
    )
