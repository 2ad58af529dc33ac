"""Examples as small files that a page holds within itself: pictures and sounds."""

import base64
import io
import wave

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SMALL = 32 * 32
"""Pixels up to which a picture is kept to the bit."""


def picture_url(example: NDArray[np.float32], *, bgr: bool) -> str:
    """Return a picture as a ``data:`` URL.

    Args:
        example: shape (height, width, 1 or 3), in 0..1.
        bgr: whether blue comes first.
    """
    pixels = np.rint(np.clip(example, 0, 1) * 255).astype(np.uint8)
    if pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    elif bgr:
        pixels = pixels[..., ::-1]
    image, data = Image.fromarray(np.ascontiguousarray(pixels)), io.BytesIO()
    if image.width * image.height <= _SMALL:
        image.save(data, "PNG", optimize=True)
        return _url("image/png", data.getvalue())
    image.save(data, "JPEG", quality=82)
    return _url("image/jpeg", data.getvalue())


def sound_url(example: NDArray[np.float32], rate: int) -> str:
    """Return a sound as a ``data:`` URL of a WAV file, as loud as it can be.

    Args:
        example: its samples, of any shape.
        rate: samples a second.
    """
    samples = example.ravel().astype(np.float64)
    samples -= samples.mean()  # what lies far off 0 would click at its ends
    peak = np.abs(samples).max()
    loud = samples / peak if peak > 0 else samples
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.rint(loud * 32000).astype("<i2").tobytes())
    return _url("audio/wav", data.getvalue())


def png_url(data: bytes) -> str:
    """Return a PNG file as a ``data:`` URL."""
    return _url("image/png", data)


def _url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
