from types import SimpleNamespace

import numpy as np
import pytest

from beenet.errors import DatasetError
from beenet.media.recipe import AudioRecipe
from beenet.report.page import album as module
from beenet.report.page import pairs
from beenet.report.page.album import Album, ExampleSource
from beenet.scores.outcomes import Outcomes


@pytest.fixture
def opened(monkeypatch):
    """Let an album find examples of a shape, and count how often it looks for them."""
    looks = []

    def prepare(shape, recipe=None):
        examples = np.linspace(0, 1, 3 * int(np.prod(shape)), dtype=np.float32)
        examples = examples.reshape(3, *shape)

        class Split:
            def __len__(self):
                return 3

            def rows(self, which):
                return examples[which]

        dataset = SimpleNamespace(
            shape=shape, hashes={"x": "1"}, title="t", split=lambda name: Split()
        )
        monkeypatch.setattr(
            module, "open_data", lambda *given: looks.append(given) or dataset
        )
        config = SimpleNamespace(dataset="d")
        return SimpleNamespace(hashes={"x": "1"}, recipe=recipe, config=config)

    prepare.looks = looks
    return prepare


def test_sounds_get_a_spectrogram_and_a_player(opened):
    recipe = AudioRecipe(seconds=0.5, samples=400, values="divide by maximum")
    sidecar, album = opened((400, 1, 1), recipe), Album(None)
    source = album.source(sidecar)
    assert source.kind == "sound"
    key = album.add(source, 2)
    assert album.media[key]["picture"].startswith("data:image/png;base64,")
    assert album.media[key]["sound"].startswith("data:audio/flac;base64,")


@pytest.mark.parametrize(("most", "heard"), [(40, 2), (1, 1), (0, 0)])
def test_sounds_that_flipped_can_be_heard(opened, monkeypatch, most, heard):
    monkeypatch.setitem(pairs._MAX_SHOWN, "sound", most)
    sidecar, album = opened((400, 1, 1)), Album(None)
    source, true = album.source(sidecar), np.zeros(3, np.uint8)
    runs = {
        run: Outcomes(true, np.array(said, np.uint8), np.full(3, 0.5, np.float16))
        for run, said in enumerate([[0, 1, 2], [0, 0, 1]])
    }
    pairs.add_flips(album, pairs.Group("valid", runs), dict.fromkeys(runs, source))
    assert list(album.media) == [source.key(1), source.key(2)][:heard]
    assert all("sound" in media for media in album.media.values())


@pytest.mark.parametrize("shape", [(7,), (5, 5, 2)])
def test_what_is_neither_picture_nor_sound_has_no_pictures(opened, shape):
    sidecar, album = opened(shape), Album(None)
    source = album.source(sidecar)
    assert source.kind == "numbers"
    assert album.media[album.add(source, 0)] == {}


def test_data_are_opened_once_and_examples_drawn_once(opened):
    sidecar, album = opened((4, 4, 1)), Album(None)
    one, two = album.source(sidecar), album.source(sidecar)
    assert one is two
    assert len(opened.looks) == 1
    assert album.add(one, 1) == album.add(two, 1) == "0.1"
    assert list(album.media) == ["0.1"]


@pytest.mark.parametrize(
    ("error", "words"),
    [(DatasetError("BEE1 is not installed"), "BEE1 is not installed"),
     (PermissionError(13, "Permission denied"), "they cannot be read: Permission")],
)  # fmt: skip
def test_data_that_cannot_be_opened_say_why(opened, monkeypatch, error, words):
    sidecar = opened((4, 4, 1))

    def refuse(*_):
        raise error

    monkeypatch.setattr(module, "open_data", refuse)
    found = Album(None).source(sidecar)
    assert not isinstance(found, ExampleSource)
    assert words in found
