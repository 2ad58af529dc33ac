"""Takes the six pickles out of a zip, and nothing else."""

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from beenet.datasets.folder import SIX_FILES
from beenet.datasets.manifest import FILE_NAME
from beenet.errors import DatasetError

_ENCRYPTED = 0x1


def unzip_six(archive: Path, target: Path, most_bytes: int) -> None:
    """Unpacks the six pickles of a zip, and a manifest, into a folder.

    They are known by their base names and may lie in a sub-folder; other members are
    left alone, and no member's path is ever used to write.

    Args:
        archive: the zip file.
        target: an existing, empty folder.
        most_bytes: the six files together may not unpack to more than this.

    Raises:
        DatasetError: damaged, encrypted, ambiguous, incomplete or too large.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            left = most_bytes
            for name, member in _members(archive, opened).items():
                if member.file_size > left:
                    raise _too_large(archive, most_bytes)
                with opened.open(member) as source, (target / name).open("wb") as file:
                    left -= _copy(source, file, left)
                    if left < 0:
                        raise _too_large(archive, most_bytes)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DatasetError(f"{archive}: is a damaged zip file: {error}") from error


def _members(archive: Path, opened: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    for member in opened.infolist():
        name = PurePosixPath(member.filename).name
        # macOS adds a shadow of every file, under a folder of its own.
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
        found[name] = member
    missing = [name for name in SIX_FILES if name not in found]
    if missing:
        raise DatasetError(
            f"{archive}: {len(missing)} of the six files missing: {', '.join(missing)}"
        )
    return found


def _copy(source: IO[bytes], target: IO[bytes], most: int) -> int:
    """Copies until the end or just past `most`: a header may lie about the size."""
    copied = 0
    while copied <= most and (block := source.read(2**20)):
        target.write(block)
        copied += len(block)
    return copied


def _too_large(archive: Path, most_bytes: int) -> DatasetError:
    return DatasetError(
        f"{archive}: unpacks to more than {most_bytes / 1e9:.1f} GB, "
        "the most that this data set can need"
    )
