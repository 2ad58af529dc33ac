"""Sets with planted faults, written as six pickles and opened."""

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from beenet.datasets import SPLITS, Dataset, open_dataset

SIZES = {"train": 60, "test": 20, "valid": 24}


def pictures(n: int, seed: int, side: int = 16, channels: int = 3) -> np.ndarray:
    """Draw random patches in slightly tinted gray, in steps of 1/255."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(0.2, 0.8, (n, side // 4, side // 4, 1))
    fine = coarse.repeat(4, axis=1).repeat(4, axis=2)
    tinted = fine * rng.uniform(0.8, 1.0, (n, 1, 1, channels))
    return (np.rint(255 * tinted) / 255).astype(np.float32)


def sounds(n: int, seed: int, samples: int = 400) -> np.ndarray:
    """Draw noise, divided by its maximum."""
    x = np.random.default_rng(seed).standard_normal((n, samples, 1, 1))
    return (x / x.max(axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def draw() -> Callable[..., dict[str, np.ndarray]]:
    """Draw the inputs of all splits: ``draw("sounds", samples=100)``."""
    kinds = {"pictures": pictures, "sounds": sounds}

    def make(kind: str, **options) -> dict[str, np.ndarray]:
        return {
            split: kinds[kind](n, seed, **options)
            for seed, (split, n) in enumerate(SIZES.items())
        }

    return make


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Write six pickles; labels alternate unless they are given."""

    def write(x: dict, labels: dict | None = None, n_classes: int = 2) -> Path:
        folder = tmp_path / "planted"
        folder.mkdir()
        for split in SPLITS:
            which = (labels or {}).get(split, np.arange(len(x[split])) % n_classes)
            for part, array in {"X": x[split], "Y": np.eye(n_classes)[which]}.items():
                (folder / f"{split}_{part}.pck").write_bytes(pickle.dumps(array, 3))
        return folder

    return write


@pytest.fixture
def opened(save) -> Callable[..., Dataset]:
    """Write and open a set of the classes BEE and NO_BEE."""

    def make(x: dict, labels: dict | None = None, classes=("BEE", "NO_BEE")) -> Dataset:
        return open_dataset(path=save(x, labels, len(classes)), classes=classes)

    return make
