"""Installs learnable synthetic stand-ins for data sets, always marked as synthetic."""

import math
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from beenet.datasets import synth_audio, synth_images
from beenet.datasets.encode import decode
from beenet.datasets.install import install
from beenet.datasets.manifest import Manifest
from beenet.datasets.pickle_writer import write_pickle
from beenet.errors import DatasetError
from beenet.registry import SPLITS, DatasetInfo, find
from beenet.text.moments import now
from beenet.text.values import show_shape

_FEWEST = 48  # examples in a split, so that every class has some
_CHUNK = 256  # examples drawn at once; part of what a seed means

# Share of BEE where it is published; elsewhere the classes are even.
_BEE_SHARE = {
    ("BEE2_1S", "train"): 0.235,
    ("BEE2_1S", "test"): 0.235,
    ("BEE2_1S", "valid"): 0.757,
    ("BEE4", "valid"): 0.421,
}

_DRAWN = {"image": [(64, 64, 3), (64, 64, 1)], "audio": [(4000, 1, 1)]}
"""The shapes of what `synth_images` and `synth_audio` make."""


def synth(
    name: str,
    *,
    scale: float = 0.01,
    seed: int = 0,
    data_dir: Path | None = None,
    overwrite: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Manifest:
    """Install a synthetic set with the layout, shapes, classes and range of a real one.

    valid is drawn from "another hive", and so is harder, as it is in the real sets. A
    `_gray` set is the gray version of the colour set of the same seed.

    Args:
        name: a registered set other than MNIST.
        scale: share of the registry's counts, above 0 and at most 1.
        seed: the same seed on the same machine gives the same bytes.
        data_dir: the data home; see `data_home`.
        overwrite: replace a real set (a synthetic one is always replaced).
        progress: called with a line for each split.

    Raises:
        DatasetError: the set or an argument is not valid, or it cannot be written.
    """
    info = find(name)
    if info.name == "MNIST":
        raise DatasetError("MNIST is inside beenet: it needs no stand-in")
    if info.shape not in _DRAWN[info.kind]:
        shapes = " or ".join(map(show_shape, _DRAWN[info.kind]))
        raise DatasetError(
            f"{info.name}: {info.kind} stand-ins are drawn of {shapes}, not of "
            f"{show_shape(info.shape)}; docs/adding-a-data-set.md says where that is "
            "done"
        )
    if not 0 < scale <= 1:
        raise DatasetError(f"scale must be over 0 and up to 1, got {scale:g}")
    if seed < 0:
        raise DatasetError(f"seed must not be negative, got {seed}")

    def fill(folder: Path) -> Manifest:
        for split in SPLITS:
            progress(f"{info.name} (synthetic): {split}")
            _write_split(folder, info, split, scale, seed)
        source = f"beenet data synth {info.name} --scale {scale:g} --seed {seed}"
        return Manifest(
            info.name, {}, {}, source, now(), synthetic=True, scale=scale, seed=seed
        )

    return install(info, fill, data_dir=data_dir, overwrite=overwrite)


def _write_split(
    folder: Path, info: DatasetInfo, split: str, scale: float, seed: int
) -> None:
    count = info.counts[split]
    n = max(math.ceil(count * scale), min(count, _FEWEST))
    labels = _labels(info, split, n, seed)
    one_hot = np.eye(len(info.classes))[labels]  # float64, as the course's labels
    write_pickle(folder / f"{split}_Y.pck", one_hot.shape, one_hot.dtype, [one_hot])
    write_pickle(
        folder / f"{split}_X.pck",
        (n, *info.shape),
        np.dtype(np.float32),
        _examples(info, split, labels, seed),
    )


def _examples(
    info: DatasetInfo, split: str, labels: NDArray[np.int64], seed: int
) -> Iterator[NDArray[np.float32]]:
    """Yield float32 blocks of up to 256 examples, each from its own generator."""
    for start in range(0, len(labels), _CHUNK):
        rng = _generator(info, split, seed, 1 + start // _CHUNK)
        part = labels[start : start + _CHUNK]
        if info.kind == "audio":
            sound = synth_audio.recordings(rng, part, synth_audio.HIVES[split])
            yield sound.reshape(len(part), *info.shape)
        else:
            colour = synth_images.pictures(rng, part == 0, synth_images.HIVES[split])
            yield decode(synth_images.grayed(colour) if info.shape[-1] == 1 else colour)


def _labels(info: DatasetInfo, split: str, n: int, seed: int) -> NDArray[np.int64]:
    """Return class indices in random order, (n,), in the published shares of BEE."""
    n_classes = len(info.classes)
    bee = _BEE_SHARE.get((_base(info), split), 1 / n_classes)
    n_bee = round(n * bee)
    others = 1 + np.arange(n - n_bee) % (n_classes - 1)
    labels = np.concatenate([np.zeros(n_bee, np.int64), others])
    return _generator(info, split, seed, 0).permutation(labels)


def _generator(
    info: DatasetInfo, split: str, seed: int, part: int
) -> np.random.Generator:
    """Return the generator of one part of a split, so that parts can be redrawn."""
    name = zlib.crc32(_base(info).encode())
    return np.random.default_rng([seed, name, SPLITS.index(split), part])


def _base(info: DatasetInfo) -> str:
    return info.name.removesuffix("_gray")
