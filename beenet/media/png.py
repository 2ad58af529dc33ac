"""Encodes pixels as PNG."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a picture as a PNG file.

    Args:
        pixels: uint8 [height, width], or [height, width, 3] in the order red, green,
            blue.
    """
    data = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(data, "PNG")
    return data.getvalue()
