import dataclasses
import pickle
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from beenet import registry
from beenet.datasets import REGISTRY, SPLITS, Split, open_dataset
from beenet.datasets.pickle_writer import write_pickle
from beenet.datasets.synth import synth
from beenet.errors import DatasetError

BEES = [name for name in REGISTRY if name != "MNIST"]


@pytest.mark.parametrize("name", BEES)
@pytest.mark.usefixtures("home")
def test_a_stand_in_has_the_registrys_layout(name: str) -> None:
    manifest = synth(name, scale=0.002)
    assert manifest.title == f"{name} (synthetic, scale 0.002)"
    data = open_dataset(name=name)
    info = REGISTRY[name]
    assert data.synthetic
    assert data.title == manifest.title
    assert (data.shape, data.classes) == (info.shape, info.classes)
    for split in SPLITS:
        found = data.split(split)
        assert len(found) == max(48, -(-info.counts[split] // 500))
        assert set(found.labels) == set(range(len(info.classes)))
        assert found.x.dtype == (np.uint8 if info.kind == "image" else np.float32)
        if info.kind == "audio":
            assert (found.x.max(axis=(1, 2, 3)) == 1).all()
            assert found.x.min() < 0


@pytest.mark.usefixtures("home")
def test_the_classes_are_as_uneven_as_the_real_ones() -> None:
    synth("BEE2_1S", scale=0.02)
    data = open_dataset(name="BEE2_1S")
    shares = {name: data.targets(name).mean(axis=0)[0] for name in SPLITS}
    assert shares == pytest.approx(
        {"train": 0.235, "test": 0.235, "valid": 0.757}, abs=0.01
    )


@pytest.mark.usefixtures("home")
def test_the_same_seed_gives_the_same_bytes() -> None:
    first = synth("BUZZ1").hashes
    assert synth("BUZZ1").hashes == first
    assert synth("BUZZ1", seed=1).hashes != first


@pytest.mark.usefixtures("home")
def test_a_gray_set_is_the_gray_version_of_its_twin() -> None:
    synth("BEE4", scale=0.002)
    synth("BEE4_gray", scale=0.002)
    colour, gray = (open_dataset(name=n).split("test") for n in ("BEE4", "BEE4_gray"))
    np.testing.assert_array_equal(colour.labels, gray.labels)
    weights = np.array([0.114, 0.587, 0.299], np.float32)
    expected = colour.rows(slice(None)) @ weights
    np.testing.assert_allclose(
        gray.rows(slice(None))[..., 0], expected, atol=0.51 / 255
    )


def features(split: Split) -> NDArray[np.float64]:
    """What a few lines can see: how fast the values change, at several distances."""
    x = split.rows(slice(None)).astype(np.float64)
    if x.shape[2] == 1:
        x = x[:, :, 0, 0]
        lags = [1, 2, 4, 8, 16, 32]
        steps = [np.abs(x[:, lag:] - x[:, :-lag]).mean(axis=1) for lag in lags]
        return np.stack([*steps, x.std(axis=1)], axis=1)
    middle = x.mean(axis=3)[:, 16:48, 16:48]
    steps = [
        np.abs(np.diff(middle[:, ::lag, ::lag], axis=axis)).mean(axis=(1, 2))
        for lag in (1, 3, 5)
        for axis in (1, 2)
    ]
    return np.stack([*steps, middle.std(axis=(1, 2))], axis=1)


def accuracy_of_nearest_centroid(train: Split, other: Split) -> float:
    known, asked = features(train), features(other)
    mean, spread = known.mean(axis=0), known.std(axis=0)
    known, asked = (known - mean) / spread, (asked - mean) / spread
    centroids = np.stack(
        [known[train.labels == c].mean(axis=0) for c in range(train.y.shape[1])]
    )
    distances = ((asked[:, None] - centroids) ** 2).sum(axis=2)
    return float((distances.argmin(axis=1) == other.labels).mean())


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", ["BEE1", "BEE1_gray", "BUZZ2"])
def test_it_can_be_learnt_and_valid_is_harder(name: str) -> None:
    synth(name, scale=0.02)
    data = open_dataset(name=name)
    train, test, valid = (data.split(split) for split in SPLITS)
    baseline = test.y.mean(axis=0).max()
    on_test = accuracy_of_nearest_centroid(train, test)
    assert on_test > baseline + 0.25
    assert accuracy_of_nearest_centroid(train, valid) < on_test


@pytest.mark.usefixtures("home")
def test_brightness_alone_gives_no_bee_away() -> None:
    synth("BEE1_gray", scale=0.02)
    split = open_dataset(name="BEE1_gray").split("train")
    brightness = split.rows(slice(None)).mean(axis=(1, 2, 3))
    by_class = [brightness[split.labels == c] for c in (0, 1)]
    assert abs(by_class[0].mean() - by_class[1].mean()) < 0.2 * brightness.std()


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("MNIST", {}, "MNIST is inside beenet: it needs no stand-in"),
        ("BEE1", {"scale": 0}, "scale must be over 0 and up to 1, got 0"),
        ("BEE1", {"scale": 2}, "scale must be over 0 and up to 1, got 2"),
        ("BEE1", {"scale": float("nan")}, "scale must be over 0 and up to 1, got nan"),
        ("BEE1", {"seed": -1}, "seed must not be negative, got -1"),
    ],
)
def test_what_cannot_be_made_is_refused(
    home: Path, name: str, options: dict[str, float], message: str
) -> None:
    with pytest.raises(DatasetError) as caught:
        synth(name, **options)  # type: ignore[arg-type]
    assert str(caught.value) == message
    assert not home.exists()


@pytest.mark.filterwarnings("ignore:numpy.core:DeprecationWarning")
@pytest.mark.parametrize("dtype", ["<f4", "<f8", "|u1"])
def test_the_pickles_are_read_by_any_unpickler(tmp_path: Path, dtype: str) -> None:
    array = np.arange(24).reshape(4, 3, 2).astype(dtype)
    write_pickle(tmp_path / "a.pck", array.shape, array.dtype, [array[:3], array[3:]])
    with (tmp_path / "a.pck").open("rb") as file:
        found = pickle.load(file)
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)


@pytest.mark.usefixtures("home")
def test_a_shape_that_nobody_draws_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = dataclasses.replace(REGISTRY["BEE1"], name="WIDE", shape=(32, 96, 3))
    monkeypatch.setitem(registry.REGISTRY, "WIDE", wide)
    with pytest.raises(DatasetError) as caught:
        synth("WIDE")
    assert str(caught.value) == (
        "WIDE: image stand-ins are drawn of 64x64x3 or 64x64x1, not of 32x96x3; "
        "docs/adding-a-data-set.md says where that is done"
    )
