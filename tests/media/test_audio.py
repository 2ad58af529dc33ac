import struct
import tracemalloc

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beenet.errors import DatasetError
from beenet.media import AudioRecipe
from beenet.media.audio import read_windows

PEAK = AudioRecipe(samples=4000, values="divide by peak")
MAXIMUM = AudioRecipe(samples=4000, values="divide by maximum")
SHORT = AudioRecipe(samples=100, seconds=0.1, values="divide by peak")


def hum(seconds, rate, hertz=100.0, level=0.5):
    return level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


@pytest.fixture
def saved(tmp_path):
    def save(sound, rate=8000, name="x.wav", **options):
        soundfile.write(tmp_path / name, sound, rate, **options)
        return tmp_path / name

    return save


def numbers(path, recipe=PEAK):
    return [x for _, x in read_windows(path, recipe)]


@pytest.mark.parametrize("rate", [2000, 8000, 22_050, 44_100, 48_000])
def test_a_hum_is_the_same_hum_at_every_rate(saved, rate):
    (found,) = numbers(saved(hum(2, rate), rate))
    assert found.shape == (4000, 1, 1)
    assert found.dtype == np.float32
    inner = slice(50, -50)  # the ends of a resampled hum are not quite a hum
    expected = hum(2, 2000, level=1)
    assert np.abs(found[inner, 0, 0] - expected[inner]).max() < 0.02


@pytest.mark.parametrize(
    "subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"]
)
def test_every_width_says_the_same(saved, subtype):
    (found,) = numbers(saved(hum(2, 2000), 2000, subtype=subtype))
    assert np.abs(found[:, 0, 0] - hum(2, 2000, level=1)).max() < 0.02
    assert np.abs(found).max() == 1


def test_channels_are_averaged(saved):
    left, right = hum(2, 2000), hum(2, 2000, hertz=200)
    (found,) = numbers(saved(np.stack([left, right], axis=1), 2000, subtype="FLOAT"))
    mean = (left + right) / 2
    assert found[:, 0, 0] == pytest.approx(mean / np.abs(mean).max(), abs=1e-6)


def test_the_maximum_and_the_peak_are_told_apart(saved):
    path = saved(hum(2, 2000) - 0.25, 2000, subtype="FLOAT")
    assert numbers(path, PEAK)[0].min() == -1
    assert numbers(path, MAXIMUM)[0].max() == 1
    assert numbers(path, MAXIMUM)[0].min() == pytest.approx(-3, abs=1e-5)


def test_a_recording_far_off_zero_has_no_sagging_ends(saved):
    (found,) = numbers(saved(np.full(88_200, 0.25), 44_100))
    assert found == pytest.approx(1, abs=0.01)


def test_silence_stays_zero(saved):
    (found,) = numbers(saved(np.zeros(4000), 2000), MAXIMUM)
    assert not found.any()


def test_what_is_never_above_zero_is_divided_by_its_peak(saved):
    (found,) = numbers(saved(np.full(4000, -0.5), 2000), MAXIMUM)
    assert (found == -1).all()


def test_a_window_is_what_a_file_of_its_own_would_be(saved):
    sound = np.random.default_rng(0).normal(0, 0.1, 3 * 16_000)
    windows = list(read_windows(saved(sound), PEAK))
    assert [start for start, _ in windows] == [0, 2, 4]
    (alone,) = numbers(saved(sound[16_000:32_000], name="cut.wav"))
    assert np.array_equal(windows[1][1], alone)


def test_what_is_much_shorter_than_a_window_is_said(saved):
    notes = []
    short, full = saved(hum(0.5, 8000)), saved(hum(1.9, 8000), name="full.wav")
    assert len([*read_windows(short, PEAK, notes.append)]) == 1
    assert len([*read_windows(full, PEAK, notes.append)]) == 1
    said = "has 0.5 s of sound; the rest of its window of 2 s is silence"
    assert notes == [f"{short}: {said}"]


@pytest.mark.parametrize(
    ("seconds", "starts"),
    [(0.5, [0]), (2, [0]), (2.9, [0]), (3, [0, 1]), (5.5, [0, 2, 3.5])],
)
def test_what_is_left_over_makes_a_window_if_it_is_half_of_one(saved, seconds, starts):
    windows = list(read_windows(saved(hum(seconds, 8000)), PEAK))
    assert [start for start, _ in windows] == starts


def test_what_is_too_short_is_filled_up_with_silence(saved):
    (found,) = numbers(saved(hum(1, 2000), 2000))
    assert found[:2000].any()
    assert not found[2000:].any()


@pytest.mark.parametrize("form", ["MP3", "FLAC", "OGG", "AIFF", "AU"])
def test_content_counts_not_the_name(saved, tmp_path, form):
    path = tmp_path / "buzz.wav"
    with path.open("wb") as file:
        soundfile.write(file, hum(2, 8000), 8000, format=form)
    assert np.abs(numbers(path)[0][1000:1100]).max() > 0.9


def header(rate=8000, channels=1, bits=16, kind=1, declared=None, data=b"\0" * 400):
    """A WAV file, as far as one likes."""
    step = channels * bits // 8
    form = struct.pack("<HHIIHH", kind, channels, rate, rate, step % 65536, bits)
    size = len(data) if declared is None else declared
    body = (
        b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", size)
    )
    return b"RIFF" + struct.pack("<I", (36 + size) % 2**32) + body + data


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (header(data=b""), "x.wav: holds no sound"),
        (
            header(declared=0, data=b"\1\0" * 9000),
            "says that it holds no sound, yet it has 18,044 bytes",
        ),
        (header(rate=4_000_000_000 % 2**31), "declares a rate of"),
        (header(rate=1), "declares a rate of 1 Hz, which cannot be"),
        (header(channels=200), "declares 200 channels; at most 32 are read"),
        (
            header(bits=32, kind=3, data=struct.pack("<f", float("nan")) * 9),
            "holds NaN or infinity",
        ),
        (
            header(bits=64, kind=3, data=struct.pack("<2d", 1e-300, -1.0) * 9),
            "holds numbers too large to be sound",
        ),
        (b"hello, this is no sound at all", "is not audio that can be read"),
    ],
)
def test_a_header_is_not_believed_everything(tmp_path, content, words):
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    recipe = AudioRecipe(samples=9, seconds=9 / 8000, values="divide by maximum")
    with pytest.raises(DatasetError, match=words) as caught:
        numbers(path, recipe)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_huge_declared_size_costs_no_memory(tmp_path):
    path = tmp_path / "x.wav"
    path.write_bytes(header(declared=2**32 - 1))
    tracemalloc.start()
    assert len(numbers(path)) == 1
    assert tracemalloc.get_traced_memory()[1] < 2**23
    tracemalloc.stop()


def test_a_window_that_no_memory_holds_is_refused(saved):
    endless = AudioRecipe(samples=4000, seconds=1e6, values="divide by peak")
    with pytest.raises(DatasetError, match="does not fit into memory"):
        numbers(saved(hum(1, 8000)), endless)


@settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_damage_is_one_clear_line_or_a_sound(tmp_path, data):
    content = bytearray(header(data=bytes(range(256)) * 4))
    for place in data.draw(st.lists(st.integers(0, 43), max_size=6)):
        content[place] = data.draw(st.integers(0, 255))
    path = tmp_path / "x.wav"
    path.write_bytes(bytes(content[: data.draw(st.integers(1, len(content)))]))
    try:
        found, line = numbers(path, SHORT), ""
    except DatasetError as error:
        found, line = [], str(error)
    if not found:
        assert line.startswith(f"{path}: ")
        assert "\n" not in line
    assert all(np.isfinite(x).all() and x.shape == (100, 1, 1) for x in found)
