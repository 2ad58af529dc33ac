import numpy as np
import pytest

from beenet.media.spectrogram import spectrogram


def test_a_spectrogram_shows_pitch_and_time():
    time = np.arange(4000) / 2000
    tone = np.where(time < 1, np.sin(2 * np.pi * 250 * time), 0).astype(np.float32)
    dark = 255 - spectrogram(tone).astype(int)
    rows, columns = dark.shape
    pitch = dark[:, : columns // 3].sum(axis=1).argmax()
    assert pitch == pytest.approx(rows * 0.75, abs=2)  # 250 of 1,000 Hz, from below
    assert dark[:, :5].max() == 255
    assert dark[:, -5:].max() == 0


@pytest.mark.parametrize("samples", [1, 7, 200])
def test_short_and_silent_sounds_have_one_too(samples):
    found = spectrogram(np.zeros(samples, np.float32))
    assert found.size > 0
    assert found.min() == 255


def test_an_offset_does_not_pale_the_rest():
    time = np.arange(4000) / 2000
    tone = (0.1 * np.sin(2 * np.pi * 250 * time)).astype(np.float32)
    np.testing.assert_allclose(spectrogram(tone), spectrogram(tone + 0.8), atol=2)
    assert spectrogram(np.full(4000, 0.8, np.float32)).min() == 255
