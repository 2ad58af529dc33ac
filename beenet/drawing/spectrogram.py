"""A sound as a small picture: time to the right, pitch upwards, bright is loud."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DECIBELS = 60.0
"""How far below the loudest a sound is still seen."""
_FRAME = 128


def spectrogram(example: NDArray[np.float32]) -> bytes:
    """Draw the short-time spectrum of an example.

    Args:
        example: its samples, of any shape.

    Returns:
        A PNG file, a pixel for each frame and frequency.
    """
    from matplotlib.image import imsave
    from scipy.signal import spectrogram as short_time

    samples = example.ravel().astype(np.float64)
    size = min(_FRAME, len(samples))
    _, _, power = short_time(samples - samples.mean(), nperseg=size, noverlap=size // 2)
    loudest = power.max()
    if loudest > 0:
        level = 10 * np.log10(np.maximum(power / loudest, 1e-12))
    else:
        level = np.full(power.shape, -_DECIBELS)
    data = io.BytesIO()
    plain: Any = {"Software": None}  # no version of matplotlib in it
    imsave(
        data,
        np.clip(level, -_DECIBELS, 0)[::-1],
        vmin=-_DECIBELS,
        vmax=0,
        cmap="magma",
        format="png",
        metadata=plain,
    )
    return data.getvalue()
