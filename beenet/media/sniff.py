"""Recognizes the kind of a file by its first bytes, not by its name."""

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from beenet.errors import DatasetError
from beenet.text.words import reason

_HEAD = 64

Kind = Literal["image", "audio", "array", "other", "unknown"]


@dataclass(frozen=True)
class Content:
    """The kind of a file, from its first bytes."""

    kind: Kind
    """The kind of reader for it; ``other`` is known, but cannot be read."""
    name: str
    """Its name in messages: ``MP3 audio``."""


_STARTS: list[tuple[bytes, Kind, str]] = [
    (b"\x89PNG\r\n\x1a\n", "image", "a PNG image"),
    (b"\xff\xd8\xff", "image", "a JPEG image"),
    (b"GIF8", "image", "a GIF image"),
    (b"BM", "image", "a BMP image"),
    (b"II*\0", "image", "a TIFF image"),
    (b"MM\0*", "image", "a TIFF image"),
    (b"\0\0\x01\0", "image", "an ICO image"),
    (b"\0\0\0\x0cjP  ", "image", "a JPEG 2000 image"),
    (b"%!PS", "other", "a PostScript file"),
    (b"ID3", "audio", "MP3 audio"),
    (b"fLaC", "audio", "FLAC audio"),
    (b"OggS", "audio", "Ogg audio"),
    (b".snd", "audio", "AU audio"),
    (b"caff", "audio", "CAF audio"),
    (b"\x93NUMPY", "array", "a .npy array"),
    (b"PK\x03\x04", "other", "a zip file; unpack it first"),
    (b"\x1f\x8b", "other", "a gzip file; unpack it first"),
    (b"%PDF", "other", "a PDF file"),
    (b"<!DOCTYPE", "other", "a web page"),
    (b"<!doctype", "other", "a web page"),
    (b"<html", "other", "a web page"),
    (b"\x1aE\xdf\xa3", "other", "a Matroska or WebM video"),
    (b"#!AMR", "other", "AMR audio, which cannot be read; convert it to WAV"),
    (
        b"0&\xb2u\x8ef\xcf\x11",
        "other",
        "a WMA or WMV file, which cannot be read; convert it to WAV",
    ),
]
_RIFF: dict[bytes, tuple[Kind, str]] = {
    b"WAVE": ("audio", "WAV audio"),
    b"WEBP": ("image", "a WebP image"),
    b"AVI ": ("other", "an AVI video"),
}
_HEIC: tuple[Kind, str] = (
    "other",
    "a HEIC image, which cannot be read; convert it to JPEG",
)
_RAW: tuple[Kind, str] = (
    "other",
    "a camera's raw image, which cannot be read; convert it to JPEG",
)
RAW_SUFFIXES = {
    ".arw", ".cr2", ".cr3", ".dng", ".nef", ".orf", ".pef", ".raf", ".rw2", ".srw",
}  # fmt: skip
"""Most raw images begin like a TIFF image, and Pillow reads their thumbnail only."""
_BRANDS: dict[bytes, tuple[Kind, str]] = {
    **dict.fromkeys((b"avif", b"avis"), ("image", "an AVIF image")),
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1"), _HEIC),
    b"crx ": _RAW,
    b"qt  ": (
        "other",
        "a QuickTime video, which cannot be read; save its sound as WAV, or frames of "
        "it as PNG",
    ),
}
_AAC = "AAC audio, which cannot be read; convert it to WAV"
_MP4: tuple[Kind, str] = (
    "other",
    "an MP4 or M4A file, which cannot be read; convert it to WAV",
)


_UNKNOWN = Content("unknown", "a file of no kind that beenet knows")
_RAW_BEGIN = ("a TIFF image", _UNKNOWN.name)


def sniff(path: Path) -> Content:
    """Return the kind of a file by its first bytes; of raw images also by its name.

    Raises:
        DatasetError: it cannot be read, is a pipe or is empty.
    """
    try:
        if stat.S_ISFIFO(path.stat().st_mode):
            raise DatasetError(f"{path}: is a pipe; `beenet predict MODEL -` reads one")
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: cannot be read: {reason(error)}") from None
    if not head:
        raise DatasetError(f"{path}: is empty")
    found = _told_by(head)
    if path.suffix.lower() in RAW_SUFFIXES and found.name in _RAW_BEGIN:
        return Content(*_RAW)
    return found


def _told_by(head: bytes) -> Content:
    if head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:12] in _RIFF:
        return Content(*_RIFF[head[8:12]])
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return Content("audio", "AIFF audio")
    if head[4:8] == b"ftyp":
        return Content(*_BRANDS.get(head[8:12], _MP4))
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0:
        # Eleven set bits start a frame of MPEG audio; version and layer follow.
        layer = head[1] >> 1 & 3
        if layer == 1:
            return Content("audio", "MP3 audio")
        if layer == 0:
            return Content("other", _AAC)
    # A pickle's second byte is its protocol; no other known format starts like this.
    if head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05":
        return Content("array", "a pickle")
    for start, kind, name in _STARTS:
        if head.startswith(start):
            return Content(kind, name)
    return _UNKNOWN
