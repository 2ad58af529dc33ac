"""Pictures: whatever Pillow opens."""

import io
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from PIL import Image, features

from beenet.media import ImageRecipe, read_examples
from fuzz.mutation import mutated

_RECIPE = ImageRecipe(channels="bgr", height=8, width=8)
_WORDS = [b"\x89PNG\r\n\x1a\n", b"IHDR", b"IDAT", b"IEND", b"tEXt", b"iCCP", b"eXIf",
          b"acTL", b"fdAT", b"\xff\xd8\xff\xe1", b"Exif\0\0", b"II*\0", b"MM\0*", b"GIF89a",
          b"BM", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"P6 99999 99999 255\n", b"RIFF", b"WEBP",
          b"VP8X", b"\0\0\x01\0", b"qoif", b"DDS ", b"8BPS", b"/* XPM */"]  # fmt: skip
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "PPM", "TGA", "PCX", "ICO", "SGI",
            "WEBP", "JPEG2000", "QOI", "DDS")  # fmt: skip


def seeds() -> list[bytes]:
    rng = np.random.default_rng(0)
    colour = Image.fromarray(rng.integers(0, 255, (12, 10, 3), np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    found = []
    for name in _FORMATS:
        if name == "WEBP" and not features.check("webp"):
            continue
        if name == "JPEG2000" and not features.check("jpg_2000"):
            continue
        file = io.BytesIO()
        options = {"exif": exif} if name in ("JPEG", "PNG") else {}
        colour.save(file, name, **options)
        found.append(file.getvalue())
    for mode in ("1", "LA", "I;16", "P"):
        file = io.BytesIO()
        colour.convert("L").convert(mode).save(file, "PNG")
        found.append(file.getvalue())
    file = io.BytesIO()
    colour.convert("F").save(file, "TIFF", compression="tiff_lzw")
    return [*found, file.getvalue()]


def inputs() -> st.SearchStrategy[bytes]:
    return mutated(seeds(), _WORDS)


def target(data: bytes, folder: Path) -> None:
    path = folder / "x.png"
    path.write_bytes(data)
    for example in read_examples(path, _RECIPE):
        if example.x.shape != _RECIPE.shape or example.x.dtype != np.uint8:
            raise AssertionError("not what a net takes")
