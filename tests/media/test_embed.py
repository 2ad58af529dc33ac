import base64
import io

import numpy as np
import pytest
import soundfile
from PIL import Image

from beenet.media.embed import picture_url, sound_url


def content(url, kind):
    head, _, data = url.partition(",")
    assert head == f"data:{kind};base64"
    return io.BytesIO(base64.b64decode(data))


def test_a_small_picture_is_kept_to_the_bit():
    example = np.arange(64, dtype=np.float32).reshape(8, 8, 1) / 255
    with Image.open(content(picture_url(example, bgr=False), "image/png")) as image:
        assert np.array_equal(np.asarray(image), np.arange(64).reshape(8, 8))


@pytest.mark.parametrize(("bgr", "channel"), [(True, 2), (False, 0)])
def test_colours_are_in_their_order(bgr, channel):
    example = np.zeros((64, 64, 3), np.float32)
    example[..., 0] = 1
    url = picture_url(example, bgr=bgr)
    assert len(url) < 3000
    with Image.open(content(url, "image/jpeg")) as image:
        assert np.asarray(image)[32, 32].argmax() == channel


def test_values_beyond_an_image_are_cut():
    example = np.full((4, 4, 1), 7, np.float32)
    with Image.open(content(picture_url(example, bgr=False), "image/png")) as image:
        assert np.asarray(image).min() == 255


@pytest.mark.parametrize(("rate", "times"), [(2000, 4), (3000, 3), (44_100, 1)])
def test_a_sound_is_as_loud_as_can_be_and_as_quick_as_browsers_want(rate, times):
    wave = 0.1 * np.sin(np.arange(4000) / 5, dtype=np.float32).reshape(4000, 1, 1)
    samples, given = soundfile.read(content(sound_url(wave + 3, rate), "audio/flac"))
    assert (len(samples), given) == (4000 * times, rate * times)
    assert np.abs(samples).max() == pytest.approx(1, abs=0.003)
    assert abs(samples.mean()) < 0.01
    middle = slice(1000 * times, 3000 * times, times)
    again = samples[middle] * np.abs(wave).max() / np.abs(samples[middle]).max()
    assert again == pytest.approx(wave[1000:3000, 0, 0], abs=0.002)


def test_silence_stays_silent():
    url = sound_url(np.zeros(9, np.float32), 1000)
    samples, _ = soundfile.read(content(url, "audio/flac"))
    assert not samples.any()


def test_the_same_sound_gives_the_same_bytes():
    noise = np.random.default_rng(1).normal(size=4000).astype(np.float32)
    assert sound_url(noise, 2000) == sound_url(noise, 2000)
    assert len(sound_url(noise, 2000)) < 14_000
