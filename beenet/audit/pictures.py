"""Examples as small pictures for a page: as they are, or as spectrograms."""

import base64

import numpy as np
from numpy.typing import NDArray

from beenet.audit.likeness import is_sound
from beenet.datasets import Dataset
from beenet.media import ImageRecipe
from beenet.media.png import png

_FRAME, _HOP = 128, 32  # samples
_LOUD = -2.0  # natural logarithm of power: about 50 dB below full scale
_RANGE = 8.0  # of a spectrogram, in natural logarithms of power: 35 dB


def data_uri(dataset: Dataset, split: str, row: int) -> str:
    """Return one example as a picture inside a link, ``data:image/png;base64,...``."""
    values = dataset.split(split).rows([row])[0]
    if is_sound(dataset.shape):
        pixels = spectrogram(values.ravel())
    else:
        pixels = _pixels(dataset, values)
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode()


def spectrogram(samples: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return power over time (to the right) and frequency (up): the darker, the more.

    Args:
        samples: float32 [n].

    Returns:
        uint8 [height, width].
    """
    frame = min(_FRAME, len(samples))
    windows = np.lib.stride_tricks.sliding_window_view(samples, frame)[::_HOP]
    power = np.square(np.abs(np.fft.rfft(windows * np.hanning(frame), axis=1)))
    level = np.log(power + 1e-9)
    loudest = max(level.max(), _LOUD)  # so that silence is white
    scaled = 1 - np.clip((loudest - level) / _RANGE, 0, 1)
    found: NDArray[np.uint8] = np.rint(255 * (1 - scaled.T[::-1])).astype(np.uint8)
    return found


def _pixels(dataset: Dataset, values: NDArray[np.float32]) -> NDArray[np.uint8]:
    bytes_ = np.rint(255 * np.clip(values, 0, 1)).astype(np.uint8)
    if bytes_.ndim != 3 or bytes_.shape[2] not in (1, 3):
        bytes_ = bytes_.reshape(1, -1, 1)
    if isinstance(dataset.recipe, ImageRecipe) and dataset.recipe.channels == "bgr":
        bytes_ = bytes_[..., ::-1]
    return bytes_[..., 0] if bytes_.shape[2] == 1 else bytes_
