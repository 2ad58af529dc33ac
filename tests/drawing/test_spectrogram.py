import io

import numpy as np
import pytest
from PIL import Image

from beenet.drawing.spectrogram import spectrogram


def test_a_spectrogram_shows_pitch_and_time():
    time = np.arange(4000) / 2000
    tone = np.where(time < 1, np.sin(2 * np.pi * 250 * time), 0)
    with Image.open(io.BytesIO(spectrogram(tone.astype(np.float32)))) as image:
        assert "Software" not in image.info
        bright = np.asarray(image.convert("L")).astype(int)
    rows, columns = bright.shape
    assert bright[:, : columns // 3].sum(axis=1).argmax() == pytest.approx(
        rows * 0.75, abs=2
    )  # 250 of 1,000 Hz, from below
    assert bright[:, -5:].max() < bright[:, :5].max() / 4


@pytest.mark.parametrize("samples", [1, 7, 200])
def test_short_and_silent_sounds_have_one_too(samples):
    with Image.open(io.BytesIO(spectrogram(np.zeros(samples, np.float32)))) as image:
        assert image.width > 0
