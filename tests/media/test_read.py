import numpy as np
import pytest
import soundfile
from PIL import Image

from beenet.errors import DatasetError
from beenet.media import AudioRecipe, ImageRecipe, kind_of_suffix, read_examples, sniff

IMAGE = ImageRecipe(channels="gray", height=2, width=2)
AUDIO = AudioRecipe(samples=10, seconds=0.01, values="divide by peak")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.wav"


@pytest.mark.parametrize(
    ("start", "kind", "name"),
    [
        (b"RIFF\0\0\0\0WAVE", "audio", "WAV audio"),
        (b"RIFF\0\0\0\0WEBP", "image", "a WebP image"),
        (b"ID3\x04", "audio", "MP3 audio"),
        (b"\x80\x03cnumpy", "array", "a pickle"),
        (b"\x93NUMPY\x01\0", "array", "a .npy array"),
        (b"\0\0\0\x20ftypM4A ", "other", "an MP4 or M4A file"),
        (b"\0\0\0\x20ftypavis", "image", "an AVIF image"),
        (b"\0\0\0\x20ftypheix", "other", "a HEIC image, which cannot be read"),
        (b"\0\0\0\x20ftypmif1", "other", "a HEIC image, which cannot be read"),
        (b"x", "unknown", "a file of no kind"),
    ],
)
def test_the_first_bytes_tell(path, start, kind, name):
    path.write_bytes(start)
    found = sniff(path)
    assert found.kind == kind
    assert found.name.startswith(name)


def test_nothing_and_nowhere(path):
    with pytest.raises(DatasetError, match="cannot be read: No such file"):
        sniff(path)
    path.touch()
    with pytest.raises(DatasetError, match="is empty"):
        sniff(path)


def test_another_kind_is_named(path):
    Image.new("L", (2, 2)).save(path, "PNG")
    with pytest.raises(DatasetError) as caught:
        list(read_examples(path, AUDIO))
    assert str(caught.value) == f"{path}: is a PNG image; recordings are read"
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(DatasetError, match=r"x.wav: is a zip file; unpack it first$"):
        list(read_examples(path, IMAGE))


def test_a_wav_that_was_cut_short_is_read_and_said(path):
    soundfile.write(path, np.sin(np.arange(9000)), 8000)
    whole = path.read_bytes()
    notes = []
    list(read_examples(path, AUDIO, notes.append))
    path.write_bytes(whole[:-1000])
    list(read_examples(path, AUDIO, notes.append))
    assert notes == [f"{path}: is cut short, 1,000 bytes of its sound are missing"]


def test_an_mp3_that_calls_itself_wav_is_read_and_said(path):
    with path.open("wb") as file:
        soundfile.write(file, np.zeros(9000), 8000, format="MP3")
    notes = []
    assert len(list(read_examples(path, AUDIO, notes.append))) > 100
    assert notes == [f"{path}: is MP3 audio, whatever its name says"]


def test_names_claim_kinds(tmp_path):
    claims = {"a.JPG": "image", "a.Wav": "audio", "a.npy": "array", "a.txt": None}
    assert {name: kind_of_suffix(tmp_path / name) for name in claims} == claims


@pytest.mark.parametrize(
    ("name", "start", "words"),
    [
        ("a.heic", b"\0\0\0\x18ftypheic", "a HEIC image, which cannot be read; conve"),
        ("a.m4a", b"\0\0\0\x20ftypM4A ", "an MP4 or M4A file, which cannot be read; "),
        ("a.aac", b"\xff\xf1P\x80", "AAC audio, which cannot be read; convert it to W"),
        ("a.amr", b"#!AMR\n", "AMR audio, which cannot be read; convert it to WAV"),
        ("a.wma", b"0&\xb2u\x8ef\xcf\x11", "a WMA or WMV file, which cannot be read; "),
        ("a.mov", b"\0\0\0\x14ftypqt  ", "a QuickTime video, which cannot be read; "),
        ("a.CR3", b"\0\0\0\x18ftypcrx ", "a camera's raw image, which cannot be read"),
        (
            "a.DNG",
            b"II*\0",
            "a camera's raw image, which cannot be read; convert it to",
        ),
        (
            "a.nef",
            b"MM\0*",
            "a camera's raw image, which cannot be read; convert it to",
        ),
        (
            "a.rw2",
            b"IIU\0",
            "a camera's raw image, which cannot be read; convert it to",
        ),
    ],
)
def test_what_phones_and_cameras_write_is_named_and_claims_a_kind(
    tmp_path, name, start, words
):
    path = tmp_path / name
    path.write_bytes(start)
    assert kind_of_suffix(path) is not None
    for recipe in (IMAGE, AUDIO):
        with pytest.raises(DatasetError) as caught:
            list(read_examples(path, recipe))
        assert str(caught.value).startswith(f"{path}: is {words}")


def test_a_raw_image_is_not_read_as_its_thumbnail(tmp_path):
    Image.new("L", (2, 2)).save(tmp_path / "x.tif")
    raw = (tmp_path / "x.tif").rename(tmp_path / "x.dng")
    with pytest.raises(DatasetError) as caught:
        list(read_examples(raw, IMAGE))
    assert str(caught.value) == (
        f"{raw}: is a camera's raw image, which cannot be read; convert it to JPEG"
    )


def test_a_jpeg_that_calls_itself_heic_is_read(tmp_path):
    Image.new("L", (2, 2)).save(tmp_path / "x.heic", "JPEG")
    assert len(list(read_examples(tmp_path / "x.heic", IMAGE))) == 1
