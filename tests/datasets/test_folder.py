import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from beenet.datasets import REGISTRY, DatasetInfo, open_dataset
from beenet.datasets.folder import SIX_FILES
from beenet.errors import DatasetError

Maker = Callable[..., Path]
CLASSES = ("BEE", "NO_BEE")
pytestmark = pytest.mark.usefixtures("home")


def refusal(folder: Path, split: str = "train", **changes: Any) -> str:
    """Opens own data and reads one split; returns the error without the folder."""
    with pytest.raises(DatasetError) as caught:
        open_dataset(**{"path": folder, "classes": CLASSES, **changes}).split(split)
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(str(folder), "DIR")


@pytest.mark.parametrize(
    "dtype", [np.float64, np.float32, np.uint8, ">f8"], ids=["f8", "f4", "u1", "big"]
)
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_images_of_every_dtype_give_the_same_bytes(
    make_folder: Maker, dtype: Any, protocol: int
) -> None:
    folder = make_folder(dtype=dtype, protocol=protocol)
    data = open_dataset(path=folder, classes=CLASSES)
    split = data.split("train")
    assert (data.shape, split.x.dtype, len(split)) == ((64, 64, 3), np.uint8, 6)
    expected = np.random.default_rng(0).integers(0, 256, (6, 64, 64, 3))
    np.testing.assert_array_equal(split.x, expected)
    rows = split.rows([4, 1])
    np.testing.assert_array_equal(rows, (expected[[4, 1]] / 255).astype(np.float32))
    assert rows.dtype == np.float32
    assert rows.flags.c_contiguous


@pytest.mark.parametrize("shape", [(4000,), (4000, 1), (4000, 1, 1)])
def test_audio_of_every_shape_gives_the_same(make_folder: Maker, shape: Any) -> None:
    sound = np.linspace(-1.5, 1, 6 * 4000, dtype=np.float32)
    folder = make_folder(shape=shape, changes={"train_X.pck": sound.reshape(6, *shape)})
    data = open_dataset(path=folder, classes=CLASSES)
    assert data.shape == (4000, 1, 1)
    split = data.split("train")
    assert split.x.dtype == np.float32
    np.testing.assert_array_equal(split.x.ravel(), sound)


def test_float16_loads_as_float32(make_folder: Maker) -> None:
    folder = make_folder(shape=(8,), dtype=np.float16)
    split = open_dataset(path=folder, classes=CLASSES).split("test")
    assert split.x.dtype == np.float32


def test_gray_images_may_leave_out_the_channel(make_folder: Maker) -> None:
    folder = make_folder(shape=(9, 7))
    assert open_dataset(path=folder, classes=CLASSES).shape == (9, 7, 1)


def test_labels_and_one_hot_agree(make_folder: Maker) -> None:
    split = open_dataset(path=make_folder(), classes=CLASSES).split("valid")
    assert split.labels.tolist() == [0, 1, 0, 1, 0]
    assert split.labels.dtype == np.int64
    assert split.y.dtype == np.float32
    assert split.y[1].tolist() == [0, 1]


def test_the_hashes_are_those_of_the_files(make_folder: Maker) -> None:
    hashes = open_dataset(path=make_folder(), classes=CLASSES).hashes
    assert tuple(hashes) == SIX_FILES
    assert all(len(digest) == 64 for digest in hashes.values())


def test_a_file_exchanged_between_two_openings_is_read_anew(make_folder: Maker) -> None:
    folder = make_folder(shape=(8,))
    other = make_folder("other", shape=(8,), changes={"train_X.pck": np.ones((6, 8))})
    open_dataset(path=folder, classes=CLASSES).split("train")
    shutil.copy(other / "train_X.pck", folder / "train_X.pck")
    split = open_dataset(path=folder, classes=CLASSES).split("train")
    assert (split.rows(slice(None)) == 1).all()


def test_five_pickles_are_not_six(make_folder: Maker) -> None:
    folder = make_folder(changes={"valid_Y.pck": None})
    assert refusal(folder) == "DIR: 1 of the six files missing: valid_Y.pck"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no") == "DIR: no such folder"


def test_lengths_that_differ(make_folder: Maker) -> None:
    folder = make_folder(changes={"test_Y.pck": np.eye(2)[[0, 1, 0]]})
    assert refusal(folder) == "DIR: test_X.pck has 4 examples, test_Y.pck 3 labels"


def test_a_truncated_pickle(make_folder: Maker) -> None:
    folder = make_folder()
    path = folder / "test_X.pck"
    path.write_bytes(path.read_bytes()[:-1000])
    assert refusal(folder).startswith("DIR/test_X.pck: declares 393216 bytes at byte ")


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (
            np.array([0, 1, 0, 1, 0, 1]),
            "DIR/train_Y.pck: labels have shape (6,); expected one-hot rows of shape "
            "(n, 2): BEE is [1, 0]",
        ),
        (
            np.eye(3)[[0, 1, 2, 0, 1, 2]],
            "DIR/train_Y.pck: labels have 3 columns, but there are 2 classes: "
            "BEE, NO_BEE",
        ),
        (
            np.array([[1, 0], [0, 1], [1, 1], [1, 0], [1, 0], [1, 0]]),
            "DIR/train_Y.pck, train split: row 2 is not one-hot: [1.0, 1.0]",
        ),
        (
            np.array([[1, 0], [0.5, 0.5], [1, 0], [1, 0], [1, 0], [1, 0]]),
            "DIR/train_Y.pck, train split: row 1 is not one-hot: [0.5, 0.5]",
        ),
        (
            np.array([[1, 0], [1, 0], [1, 0], [1, 0], [1, 0], [np.nan, 1]]),
            "DIR/train_Y.pck, train split: row 5 is not one-hot: [nan, 1.0]",
        ),
        (
            np.zeros((6, 2), np.uint8),
            "DIR/train_Y.pck, train split: row 0 is not one-hot: [0.0, 0.0]",
        ),
    ],
)
def test_labels_that_are_not_one_hot(
    make_folder: Maker, labels: Any, message: str
) -> None:
    assert refusal(make_folder(changes={"train_Y.pck": labels})) == message


def test_nan_names_file_split_and_row(make_folder: Maker) -> None:
    x = np.zeros((5, 8))
    x[3, 2] = np.nan
    folder = make_folder(shape=(8,), changes={"valid_X.pck": x})
    open_dataset(path=folder, classes=CLASSES).split("train")
    assert refusal(folder, "valid") == (
        "DIR/valid_X.pck, valid split: row 3 holds NaN, infinity "
        "or a number too large for float32"
    )


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (
            np.zeros(6),
            "DIR/train_X.pck: has shape (6,); expected (n, height, width, channels) "
            "or (n, samples)",
        ),
        (
            np.zeros((6, 0)),
            "DIR/train_X.pck: has shape (6, 0); expected (n, height, width, channels) "
            "or (n, samples)",
        ),
        (
            np.zeros((6, 2, 2, 2, 2)),
            "DIR/train_X.pck: has shape (6, 2, 2, 2, 2); "
            "at most (n, height, width, channels) is read",
        ),
        (
            np.zeros((6, 9)),
            "DIR/test_X.pck: examples have shape (8, 1, 1), "
            "but those of train_X.pck have (9, 1, 1)",
        ),
    ],
)
def test_shapes_that_cannot_be(make_folder: Maker, x: Any, message: str) -> None:
    folder = make_folder(shape=(8,), changes={"train_X.pck": x})
    assert refusal(folder) == message


def test_own_data_needs_class_names(make_folder: Maker) -> None:
    assert refusal(make_folder(), classes=None) == (
        "DIR: your own data need their class names, in one-hot order: --classes "
        "BEE,NO_BEE; in a config, classes: [BEE, NO_BEE]"
    )


def test_own_data_may_hold_any_finite_value(make_folder: Maker) -> None:
    folder = make_folder(changes={"train_X.pck": np.full((6, 64, 64, 3), 255.0)})
    assert open_dataset(path=folder, classes=CLASSES).split("train").x.max() == 255


@pytest.mark.usefixtures("tiny_bee1")
def test_a_registered_folder_passes(make_folder: Maker) -> None:
    data = open_dataset(name="bee_1", path=make_folder())
    assert (data.name, data.title, data.synthetic) == ("BEE1", "BEE1", False)
    assert data.classes == CLASSES


@pytest.mark.usefixtures("tiny_bee1")
def test_registered_images_lie_between_0_and_1(make_folder: Maker) -> None:
    folder = make_folder(changes={"train_X.pck": np.full((6, 64, 64, 3), 255.0)})
    assert refusal(folder, name="BEE1") == (
        "DIR/train_X.pck, train split: values run from 255 to 255; images must lie in "
        "0..1 (or be uint8, which is divided by 255)"
    )


@pytest.mark.usefixtures("tiny_bee1")
def test_a_registered_folder_has_the_registrys_shape(make_folder: Maker) -> None:
    assert refusal(make_folder(shape=(64, 64)), name="BEE1") == (
        "DIR/train_X.pck: has shape (6, 64, 64); expected (n, 64, 64, 3)"
    )


def test_a_registered_folder_has_the_registrys_counts(
    make_folder: Maker, tiny_bee1: DatasetInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = replace(tiny_bee1, counts={**tiny_bee1.counts, "valid": 7})
    monkeypatch.setitem(REGISTRY, "BEE1", more)
    assert refusal(make_folder(), name="BEE1") == (
        "DIR: valid has 5 examples; BEE1 has 7"
    )


def test_a_registered_set_has_its_own_classes(make_folder: Maker) -> None:
    assert refusal(make_folder(), name="BEE1", classes=("NO_BEE", "BEE")) == (
        "BEE1 has the classes BEE, NO_BEE, not NO_BEE, BEE"
    )


def test_an_unknown_split_is_named(make_folder: Maker) -> None:
    assert refusal(make_folder(), "validation") == (
        "no split is called 'validation'; known: train, test, valid"
    )
