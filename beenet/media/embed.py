"""Examples as ``data:`` URLs for self-contained pages: pictures and sounds."""

import base64
import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from beenet.media.png import png
from beenet.media.spectrogram import spectrogram

_SMALL = 32 * 32
"""Pictures of at most this number of pixels are always stored losslessly."""


_LOWEST_RATE, _BITS = 8000, 10
"""For sounds to listen to, lowest rate in Hz, and bits: 60 dB, half the size of 16."""


def picture_url(example: NDArray[np.float32], *, bgr: bool, exact: bool = False) -> str:
    """Return a picture as PNG, or as JPEG.

    Args:
        example: shape (height, width, 1 or 3), in 0..1.
        bgr: whether blue comes first.
        exact: store it losslessly, though that is several times larger.
    """
    pixels = np.rint(np.clip(example, 0, 1) * 255).astype(np.uint8)
    if pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    elif bgr:
        pixels = pixels[..., ::-1]
    if exact or pixels.shape[0] * pixels.shape[1] <= _SMALL:
        return _url("image/png", png(pixels))
    data = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(data, "JPEG", quality=82)
    return _url("image/jpeg", data.getvalue())


def spectrogram_url(example: NDArray[np.float32]) -> str:
    """Return a sound's spectrogram as PNG.

    Args:
        example: its samples, of any shape.
    """
    return _url("image/png", png(spectrogram(example.ravel())))


def sound_url(example: NDArray[np.float32], rate: int) -> str:
    """Return a sound as a FLAC file at maximum volume.

    Args:
        example: its samples, of any shape.
        rate: samples per second. Browsers refuse less than 3,000 (Chromium), so it is
            raised to a multiple that is at least 8,000.
    """
    import soundfile
    from scipy.signal import resample_poly

    samples = example.ravel().astype(np.float64)
    samples -= samples.mean()  # an offset would click at the ends
    times = math.ceil(_LOWEST_RATE / rate)
    if times > 1:
        samples = resample_poly(samples, times, 1)
    peak = np.abs(samples).max()
    loud = samples / peak if peak > 0 else samples
    numbers = np.rint(loud * (2 ** (_BITS - 1) - 1)).astype(np.int16) << (16 - _BITS)
    data = io.BytesIO()
    soundfile.write(data, numbers, rate * times, format="FLAC", compression_level=1.0)
    return _url("audio/flac", data.getvalue())


def _url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
