"""The examples shown on a page, each stored once, if the data are installed."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from beenet.datasets.configured import open_data
from beenet.errors import BeenetError
from beenet.media.embed import picture_url, sound_url, spectrogram_url
from beenet.media.recipe import AudioRecipe, ImageRecipe
from beenet.network.sidecar import Sidecar
from beenet.text.words import reason

SPLIT = "valid"
"""The split whose examples are shown: that of `confusion.png`."""

_SECONDS = 2.0
"""The assumed length of a sound without a recipe."""


@dataclass(frozen=True)
class ExampleSource:
    """The examples of one data set."""

    number: int
    """Its number among the page's data sets."""
    n: int
    """The number of examples."""
    kind: str
    """``picture``, ``sound``, or ``numbers``, which cannot be shown."""
    draw: Callable[[int], dict[str, str]]
    """Returns an example's ``data:`` URLs."""

    def key(self, index: int) -> str:
        """Return an example's key on the page."""
        return f"{self.number}.{index}"


class Album:
    """The examples put on the page so far."""

    def __init__(self, data_dir: Path | None) -> None:
        """Create an empty album; no data are opened yet.

        Args:
            data_dir: where data sets are installed; None for the usual place.
        """
        self.media: dict[str, dict[str, str]] = {}
        """``picture`` and ``sound`` URLs by the examples' keys."""
        self._data_dir = data_dir
        self._shelves: dict[str, ExampleSource | str] = {}

    def source(self, sidecar: Sidecar) -> ExampleSource | str:
        """Return a run's examples, or why they cannot be shown."""
        key = f"{sorted(sidecar.hashes.items())} {sidecar.config.dataset!r}"
        if key not in self._shelves:
            try:
                self._shelves[key] = self._open(sidecar)
            except BeenetError as error:
                self._shelves[key] = str(error)
            except OSError as error:
                self._shelves[key] = f"they cannot be read: {reason(error)}"
        return self._shelves[key]

    def add(self, source: ExampleSource, index: int) -> str:
        """Put an example on the page if it is missing; return its key."""
        key = source.key(index)
        if key not in self.media:
            self.media[key] = source.draw(index)
        return key

    def _open(self, sidecar: Sidecar) -> ExampleSource | str:
        dataset = open_data(sidecar.config, self._data_dir)
        if dataset.hashes != sidecar.hashes:
            return f"the data here are not those that the run saw: {dataset.title}"
        split = dataset.split(SPLIT)
        shape, recipe = dataset.shape, sidecar.recipe

        def example(index: int) -> NDArray[np.float32]:
            found: NDArray[np.float32] = split.rows([index])[0]
            return found

        kind, draw = "numbers", partial(_nothing, example)
        if len(shape) == 3 and shape[1:] == (1, 1):
            seconds = recipe.seconds if isinstance(recipe, AudioRecipe) else _SECONDS
            rate = max(1, round(shape[0] / seconds))
            kind, draw = "sound", partial(_sound, example, rate)
        elif len(shape) == 3 and shape[2] in (1, 3):
            bgr = isinstance(recipe, ImageRecipe) and recipe.channels == "bgr"
            kind, draw = "picture", partial(_picture, example, bgr)
        return ExampleSource(len(self._shelves), len(split), kind, draw)


_Example = Callable[[int], NDArray[np.float32]]


def _picture(example: _Example, bgr: bool, index: int) -> dict[str, str]:
    return {"picture": picture_url(example(index), bgr=bgr)}


def _sound(example: _Example, rate: int, index: int) -> dict[str, str]:
    numbers = example(index)
    found = {"picture": spectrogram_url(numbers)}
    with contextlib.suppress(ImportError, OSError):  # no libsndfile for this machine
        found["sound"] = sound_url(numbers, rate)
    return found


def _nothing(example: _Example, index: int) -> dict[str, str]:
    return {}
