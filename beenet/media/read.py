"""Reads the examples of one picture or recording by a recipe."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from numpy.typing import NDArray

from beenet.errors import DatasetError
from beenet.media.recipe import AudioRecipe, Recipe
from beenet.media.sniff import RAW_SUFFIXES, Content, sniff
from beenet.text.words import reason

AUDIO_SUFFIXES = {
    ".aac", ".aif", ".aifc", ".aiff", ".amr", ".au", ".caf", ".flac", ".m4a", ".mp3",
    ".oga", ".ogg", ".opus", ".rf64", ".snd", ".w64", ".wav", ".wave", ".wma",
}  # fmt: skip
"""Of recordings; also of those that cannot be read, so that they are not lost."""
IMAGE_SUFFIXES = {
    *RAW_SUFFIXES,
    ".apng", ".avif", ".bmp", ".dib", ".gif", ".heic", ".heif", ".hif", ".ico", ".j2k",
    ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".pbm", ".pcx", ".pgm", ".png", ".pnm",
    ".ppm", ".sgi", ".tga", ".tif", ".tiff", ".webp",
}  # fmt: skip
"""Of pictures; also of those that cannot be read, so that they are not lost."""
VIDEO_SUFFIXES = {".3gp", ".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm", ".wmv"}
"""Of videos, which cannot be read; their sound or their frames may be wanted."""


@dataclass(frozen=True)
class Example:
    """A net's input from a picture or from a window of a recording."""

    x: NDArray[Any]
    """Values of the recipe's shape: uint8 (k stands for k/255) or float32."""
    start: float | None = None
    """The window's start in seconds; None for a picture."""


def read_examples(
    path: Path, recipe: Recipe, note: Callable[[str], None] = lambda _: None
) -> Iterator[Example]:
    """Yield the examples of one file: one of a picture, one or more of a recording.

    Args:
        path: the file; its content counts, not its name.
        recipe: how to convert it.
        note: called with a message if the name is misleading, or sound is missing.

    Raises:
        DatasetError: it cannot be read, or is of another kind.
    """
    found = sniff(path)
    if found.kind not in (recipe.kind, "unknown"):
        wanted = "recordings" if recipe.kind == "audio" else "pictures"
        other = found.name if ";" in found.name else f"{found.name}; {wanted} are read"
        raise DatasetError(f"{path}: is {other}")
    if is_misnamed(path, found):
        note(f"{path}: is {found.name}, whatever its name says")
    if found.name == "WAV audio" and (missing := _missing_bytes(path)):
        note(f"{path}: is cut short, {missing:,} bytes of its sound are missing")
    if isinstance(recipe, AudioRecipe):
        from beenet.media.audio import read_windows

        for start, x in read_windows(path, recipe, note):
            yield Example(x, start)
    else:
        from beenet.media.images import read_image

        yield Example(read_image(path, recipe))


def kind_of_suffix(path: Path) -> Literal["image", "audio", "array", "video"] | None:
    """Return the kind of file that its suffix suggests; None if unknown."""
    suffix = path.suffix.lower()
    if suffix in (".npy", ".pck"):
        return "array"
    if suffix in VIDEO_SUFFIXES:
        return "video"
    if suffix in AUDIO_SUFFIXES:
        return "audio"
    return "image" if suffix in IMAGE_SUFFIXES else None


def is_misnamed(path: Path, found: Content) -> bool:
    """Return whether a recording is named like a WAV file, but is another format."""
    claims = path.suffix.lower() in (".wav", ".wave")
    return claims and found.kind == "audio" and found.name != "WAV audio"


def _missing_bytes(path: Path) -> int:
    """Return how many bytes of a RIFF file are missing; 0 for other formats."""
    with path.open("rb") as file:
        head = file.read(8)
    size = int.from_bytes(head[4:8], "little")
    if head[:4] != b"RIFF" or size in (0, 2**32 - 1):  # streams: length unknown
        return 0
    return max(0, size + 8 - path.stat().st_size)


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and its sub-folders, sorted, without clutter.

    Links are followed; a folder that several lead to is visited once.

    Raises:
        DatasetError: a folder cannot be read; its files must not be omitted silently.
    """

    def refuse(error: OSError) -> None:
        raise DatasetError(f"{shown(error.filename)}: cannot be read: {reason(error)}")

    seen: set[tuple[int, int]] = set()
    for place, folders, names in os.walk(folder, onerror=refuse, followlinks=True):
        known = os.stat(place)
        if (known.st_dev, known.st_ino) in seen:
            folders.clear()
            continue
        seen.add((known.st_dev, known.st_ino))
        folders[:] = sorted(name for name in folders if not is_clutter(name))
        for name in sorted(names):
            if not is_clutter(name):
                yield Path(place, name)


def is_clutter(name: str) -> bool:
    """Return whether a file or folder is hidden, or what macOS adds to zip files."""
    return name.startswith(".") or name == "__MACOSX"


def shown(path: Path | str) -> str:
    """Return a path as valid text for every output, whatever its bytes."""
    return os.fsencode(path).decode("utf-8", "replace")
