import io
import struct
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from beenet.errors import DatasetError
from beenet.media import ImageRecipe
from beenet.media.images import read_image

GRAY = ImageRecipe(channels="gray", height=4, width=6)
RGB = ImageRecipe(channels="rgb", height=4, width=6)
BGR = ImageRecipe(channels="bgr", height=4, width=6)


@pytest.fixture
def colours():
    return np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)


@pytest.fixture
def saved(tmp_path):
    def save(image, name="x.png", **options):
        if isinstance(image, np.ndarray):
            image = Image.fromarray(image)
        image.save(tmp_path / name, **options)
        return tmp_path / name

    return save


def test_a_picture_of_the_right_size_keeps_its_bytes(saved, colours):
    path = saved(colours)
    assert np.array_equal(read_image(path, RGB), colours)
    assert np.array_equal(read_image(path, BGR), colours[..., ::-1])


def test_gray_is_the_usual_sum_of_the_colours(saved, colours):
    found = read_image(saved(colours), GRAY)
    assert found.shape == (4, 6, 1)
    expected = colours @ [0.299, 0.587, 0.114]
    assert np.abs(found[..., 0] - expected).max() < 1


def test_a_gray_picture_fills_three_channels(saved, colours):
    gray = colours[..., 0]
    found = read_image(saved(gray), BGR)
    assert np.array_equal(found, np.repeat(gray[..., None], 3, axis=2))


def test_another_size_is_averaged_to_the_wanted_one(saved):
    halves = np.zeros((40, 60), np.uint8)
    halves[:, 30:] = 200
    found = read_image(saved(halves), GRAY)[..., 0]
    assert found.shape == (4, 6)
    assert (found[:, :2] == 0).all()
    assert (found[:, 4:] == 200).all()


def test_the_camera_s_note_turns_it_upright(saved, colours):
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of the scene is at the right side
    path = saved(np.rot90(colours), exif=exif)
    assert np.array_equal(read_image(path, RGB), colours)


def test_what_is_transparent_lies_over_white(saved, colours):
    alpha = np.zeros((4, 6, 1), np.uint8)
    alpha[0] = 255
    found = read_image(saved(np.concatenate([colours, alpha], axis=2)), RGB)
    assert np.array_equal(found[0], colours[0])
    assert (found[1:] == 255).all()


def test_a_palette_is_looked_up_and_its_transparent_entry_is_white(saved):
    image = Image.new("P", (6, 4), 1)
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putpixel((0, 0), 0)
    found = read_image(saved(image, transparency=0), RGB)
    assert found[0, 0].tolist() == [255, 255, 255]
    assert found[1, 1].tolist() == [40, 50, 60]


def test_sixteen_bits_become_eight_by_their_share(saved):
    values = np.linspace(0, 65535, 24).reshape(4, 6).astype(np.uint16)
    found = read_image(saved(values), GRAY)[..., 0]
    assert np.array_equal(found, np.rint(values / 257))
    assert found[-1, -1] == 255


def test_the_transparent_value_of_sixteen_bits_is_white(tmp_path):
    values = np.full((4, 6), 300, np.uint16)
    values[0, 0] = 0
    rows = b"".join(b"\0" + row.tobytes() for row in values.astype(">u2"))
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 6, 4, 16, 0, 0, 0, 0)),
        (b"tRNS", struct.pack(">H", 0)),
        (
            b"IDAT",
            zlib.compress(rows),
        ),
        (b"IEND", b""),
    ]
    path = tmp_path / "x.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(data))
            + kind
            + data
            + struct.pack(">I", zlib.crc32(kind + data))
            for kind, data in chunks
        )
    )
    found = read_image(path, GRAY)[..., 0]
    assert found[0, 0] == 255
    assert found[1, 1] == 1


def test_floats_in_0_to_1_are_shares_and_others_are_refused(saved):
    values = np.linspace(0, 1, 24, dtype=np.float32).reshape(4, 6)
    found = read_image(saved(values, "x.tif"), GRAY)[..., 0]
    assert np.array_equal(found, np.rint(values * 255))
    for bad in (values * 2, np.where(values > 0.5, np.nan, values)):
        path = saved(bad, "bad.tif")
        with pytest.raises(DatasetError, match=r"holds floats .* only 0..1 is"):
            read_image(path, GRAY)


def test_one_bit_is_black_or_white(saved):
    found = read_image(saved(Image.new("1", (6, 4), 1)), GRAY)
    assert (found == 255).all()


def test_cmyk_becomes_colours(saved):
    path = saved(Image.new("CMYK", (6, 4), (0, 255, 255, 0)), "x.jpg", quality=100)
    red = read_image(path, RGB)[0, 0]
    assert red[0] > 240
    assert red[1:].max() < 15


def test_the_first_picture_of_an_animation_counts(saved, colours):
    first, second = Image.new("RGB", (6, 4), "red"), Image.new("RGB", (6, 4), "blue")
    path = saved(first, "x.gif", save_all=True, append_images=[second])
    assert read_image(path, RGB)[0, 0].tolist() == [255, 0, 0]


def chunk(kind, data):
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


def test_a_picture_that_would_unpack_to_gigabytes_is_refused(tmp_path):
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    path = tmp_path / "bomb.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"")
    )
    with pytest.raises(DatasetError) as caught:
        read_image(path, RGB)
    most = f"{Image.MAX_IMAGE_PIXELS:,}"
    assert str(caught.value) == (
        f"{path}: has more than {most} pixels; make it smaller first"
    )


def test_postscript_is_never_run(tmp_path):
    path = tmp_path / "x.eps"
    path.write_bytes(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 6 4\n%%EndComments\n"
    )
    with pytest.raises(DatasetError, match="is not an image that can be read"):
        read_image(path, RGB)


def encoded(kind):
    file = io.BytesIO()
    Image.fromarray(np.arange(72, dtype=np.uint8).reshape(4, 6, 3)).save(file, kind)
    return file.getvalue()


def test_a_decoder_s_own_words_do_not_reach_stderr(tmp_path, capfd):
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(file, "TIFF", compression="tiff_deflate")
    content = file.getvalue()
    begin = content.index(b"\x78")  # of the deflated stream
    path = tmp_path / "x.tif"
    path.write_bytes(content[:begin] + b"\0\0\0\0" + content[begin + 4 :])
    with pytest.raises(DatasetError, match="is a damaged image"):
        read_image(path, RGB)
    assert capfd.readouterr().err == ""


GOOD = [encoded(kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")]


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_damage_is_one_clear_line_or_a_picture(tmp_path, data):
    """Cut short, or with some bytes changed: never anything but a DatasetError."""
    content = bytearray(data.draw(st.sampled_from(GOOD)))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=8)):
        content[place] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(1, len(content)))
    path = tmp_path / "x"
    path.write_bytes(bytes(content[:end]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found, line = read_image(path, RGB), ""
        except DatasetError as error:
            found, line = None, str(error)
    if found is None:
        assert line.startswith(f"{path}: ")
        assert "\n" not in line
    else:
        assert found.shape == (4, 6, 3)
