"""Draws a sound as a small spectrogram."""

import numpy as np
from numpy.typing import NDArray

_FRAME, _HOP = 128, 32  # samples
_LOUD = -2.0  # natural logarithm of power: 39 dB below a full-scale sine's
_RANGE = 8.0  # from black to white, in natural logarithms of power: 35 dB


def spectrogram(samples: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return power over time (to the right) and frequency (up); darker is louder.

    Args:
        samples: float32 [n].

    Returns:
        uint8 [height, width].
    """
    frame = min(_FRAME, len(samples))
    # Centred: an inaudible offset would be the loudest and make the rest pale.
    swing = samples - samples.mean()
    windows = np.lib.stride_tricks.sliding_window_view(swing, frame)[::_HOP]
    power = np.square(np.abs(np.fft.rfft(windows * np.hanning(frame), axis=1)))
    level = np.log(power + 1e-9)
    loudest = max(level.max(), _LOUD)  # so that silence is white
    pale = np.clip((loudest - level) / _RANGE, 0, 1)
    found: NDArray[np.uint8] = np.rint(255 * pale.T[::-1]).astype(np.uint8)
    return found
