"""Small six-pickle folders, and a data home that is nobody's."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from beenet.datasets import REGISTRY, SPLITS, DatasetInfo

TINY = {"train": 6, "test": 4, "valid": 5}
Maker = Callable[..., Path]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data home, found through BEENET_DATA."""
    place = tmp_path / "home"
    monkeypatch.setenv("BEENET_DATA", str(place))
    return place


@pytest.fixture
def tiny_bee1(monkeypatch: pytest.MonkeyPatch) -> DatasetInfo:
    """The registry's BEE1, with a handful of examples in each split."""
    info = replace(REGISTRY["BEE1"], counts=TINY)
    monkeypatch.setitem(REGISTRY, "BEE1", info)
    return info


@pytest.fixture
def make_folder(tmp_path: Path) -> Maker:
    """Writes six pickles; `changes` maps file names to arrays, None leaves one out."""

    def make(
        name: str = "six",
        shape: tuple[int, ...] = (64, 64, 3),
        n_classes: int = 2,
        dtype: Any = np.float64,
        protocol: int = 3,
        changes: dict[str, Any] | None = None,
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        rng = np.random.default_rng(0)
        for split in SPLITS:
            n = TINY[split]
            units = rng.integers(0, 256, (n, *shape)).astype(np.uint8)
            x = units if dtype == np.uint8 else (units / 255).astype(dtype)
            files = {
                f"{split}_X.pck": x,
                f"{split}_Y.pck": np.eye(n_classes)[np.arange(n) % n_classes],
            }
            for file, array in (files | (changes or {})).items():
                if file in files and array is not None:
                    (folder / file).write_bytes(pickle.dumps(array, protocol))
        return folder

    return make
