"""The page: whole, escaped, with the examples in it."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from beenet.audit.audit import audit
from beenet.audit.page import audit_page
from beenet.audit.pictures import Thumbnails
from beenet.datasets import open_dataset
from beenet.media.spectrogram import spectrogram


def images(page):
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    return [Image.open(io.BytesIO(base64.b64decode(data))) for data in found]


def test_the_page_needs_nothing_else_and_shows_the_copies(draw, opened):
    x = draw("pictures")
    x["valid"][5] = x["train"][7]
    x["train"][9] = 0.25
    dataset = opened(x)
    page = audit_page(audit(dataset), dataset)
    assert re.findall(r'(?:src|href)="(?!data:image/png;base64,)', page) == []
    assert "<script" not in page
    assert '<li class="LEAK"><b>LEAK</b><span>1 of valid&#39;s 24 examples' in page
    assert "valid 5 (NO_BEE)" in page
    assert page.count("in two splits") >= 1
    one, other = images(page)[:2]
    assert np.array_equal(one, other)
    assert np.array_equal(one, np.rint(x["train"][7] * 255))
    assert len(images(page)) == 2 + 20 + 1  # the copies, ten other pairs, the constant
    assert "<h2>Constant</h2>" in page
    assert "<h2>Clipped</h2>" not in page


def test_names_from_strangers_are_escaped(draw, opened):
    x = draw("pictures")
    x["valid"][5] = x["train"][7]
    dataset = opened(x, classes=("<script>alert(1)</script>", '"onerror="'))
    page = audit_page(audit(dataset), dataset)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'alt="valid 5 (&#34;onerror=&#34;)"' in page


def test_those_that_are_no_copies_are_not_marked(draw, opened):
    dataset = opened(draw("pictures"))
    page = audit_page(audit(dataset), dataset)
    assert "<h2>Copies</h2>" not in page
    assert "in two splits" not in page
    assert "crosses" not in page.partition("</style>")[2]


def test_recordings_are_shown_as_spectrograms(draw, opened):
    x = draw("sounds", samples=1000)
    x["train"][3] = 0
    dataset = opened(x)
    page = audit_page(audit(dataset), dataset)
    assert "<h2>Silent</h2>" in page
    silence = images(page)[-1]
    assert silence.size == (28, 65)
    assert np.array(silence).min() == 255


def test_a_tone_is_dark_where_its_frequency_is():
    tone = np.sin(2 * np.pi * np.arange(4000) / 8).astype(np.float32)
    rows = spectrogram(tone).mean(axis=1)
    assert rows.argmin() == 64 - 128 / 8
    assert rows[0] == 255


def test_colours_are_shown_as_they_are(draw, opened, monkeypatch):
    x = draw("pictures")
    x["train"][0] = [1, 0.2, 0]
    dataset = opened(x)
    (picture,) = images(f'src="{Thumbnails(dataset).url("train", 0)}"')
    assert picture.getpixel((3, 3)) == (255, 51, 0)


@pytest.mark.parametrize("scale", [0.001])
def test_the_bee_sets_are_blue_green_red(tmp_path, scale):
    from beenet.datasets.synth import synth

    synth("BEE1", scale=scale, data_dir=tmp_path)
    dataset = open_dataset(name="BEE1", data_dir=tmp_path)
    (picture,) = images(f'src="{Thumbnails(dataset).url("test", 5)}"')
    stored = dataset.split("test").rows([5])[0]
    assert np.array_equal(np.array(picture), np.rint(stored[..., ::-1] * 255))
