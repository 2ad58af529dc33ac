import csv
import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from beenet.datasets import SPLITS, open_dataset
from beenet.datasets.build import BuildPlan, build
from beenet.datasets.groups import Groups
from beenet.datasets.notes import load_notes
from beenet.errors import DatasetError
from beenet.media import recipe_for
from beenet.media.recipe import chosen_recipe
from beenet.registry import REGISTRY

BEE_CROPS = Path(__file__).parents[3] / "shared" / "data" / "bee_crops"


def small(kind):
    if kind == "image":
        return chosen_recipe(kind, height=4, width=6)
    return chosen_recipe(kind, samples=50, seconds=0.1)


PLAN = BuildPlan(small, seed=3)


class Listener:
    def __init__(self):
        self.notes, self.warnings = [], []

    def note(self, text):
        self.notes.append(text)

    def warn(self, text):
        self.warnings.append(text)

    def progress(self, what, done, total):
        assert 0 <= done < total


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def pictures(tmp_path):
    """Ten of each class, 4x6; every one differs."""
    rng = np.random.default_rng(0)
    for label in ("QUEEN", "DRONE"):
        for i in range(10):
            path = tmp_path / "raw" / label / f"hive{i % 5}" / f"{i}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = rng.integers(0, 256, (4, 6, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(path)
    return tmp_path / "raw"


def rows_of(out):
    with (out / "files.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_every_row_is_the_picture_that_files_csv_names(
    pictures, tmp_path, listener, dtype
):
    out = tmp_path / "set"
    notes = build(pictures, out, replace(PLAN, dtype=dtype), listener)
    assert notes.classes == ("DRONE", "QUEEN")
    assert notes.counts["train"] == 14
    assert sum(notes.counts.values()) == 20
    assert notes.groups == Groups("picture", notes.counts)
    data = open_dataset(path=out)
    assert (data.shape, data.classes, data.counts) == (
        (4, 6, 3),
        notes.classes,
        notes.counts,
    )
    assert data.recipe == notes.recipe
    assert data.recipe.origin == "built"
    seen = set()
    for row in rows_of(out):
        split, i = data.split(row["split"]), int(row["row"])
        pixels = np.asarray(Image.open(pictures / row["file"]))
        assert np.array_equal(split.rows([i])[0], (pixels / 255).astype(np.float32))
        assert notes.classes[split.labels[i]] == row["class"]
        seen.add(row["file"])
    assert len(seen) == 20


def test_plain_pickle_reads_what_the_course_s_scripts_expect(
    pictures, tmp_path, listener
):
    build(pictures, tmp_path / "set", PLAN, listener)
    x = pickle.loads((tmp_path / "set" / "train_X.pck").read_bytes())
    y = pickle.loads((tmp_path / "set" / "train_Y.pck").read_bytes())
    assert (x.shape[1:], x.dtype, y.dtype) == ((4, 6, 3), np.float32, np.float64)
    assert x.max() <= 1
    assert (y.sum(axis=1) == 1).all()


def test_the_same_files_and_seed_give_the_same_bytes(pictures, tmp_path, listener):
    a, b = (build(pictures, tmp_path / name, PLAN, listener) for name in "ab")
    c = build(pictures, tmp_path / "c", replace(PLAN, seed=4), listener)
    assert a.sha256 == b.sha256 != c.sha256


@pytest.mark.parametrize("name", ["train", "valid"])
def test_a_set_may_be_called_like_a_split(pictures, tmp_path, listener, name):
    notes = build(pictures, tmp_path / name, PLAN, listener)
    assert notes.sha256 == build(pictures, tmp_path / "other", PLAN, listener).sha256


def test_a_group_stays_together(pictures, tmp_path, listener):
    plan = replace(PLAN, group_by="parent")
    build(pictures, tmp_path / "set", plan, listener)
    of_group = {}
    for row in rows_of(tmp_path / "set"):
        of_group.setdefault(row["group"], set()).add(row["split"])
    assert len(of_group) == 5
    groups = load_notes(tmp_path / "set").groups
    assert groups == Groups("group", {"train": 3, "test": 1, "valid": 1})
    assert all(len(splits) == 1 for splits in of_group.values())


def test_recordings_give_a_row_a_window_and_stay_in_one_split(tmp_path, listener):
    rng = np.random.default_rng(0)
    for label in "AB":
        (tmp_path / "raw" / label).mkdir(parents=True)
        for i in range(6):
            sound = rng.normal(0, 0.1, 8000 // 10 * (1 + i % 3))
            soundfile.write(tmp_path / "raw" / label / f"{i}.wav", sound, 8000)
    notes = build(tmp_path / "raw", tmp_path / "set", PLAN, listener)
    assert notes.recipe.kind == "audio"
    assert notes.files == 12
    assert (notes.groups.of, sum(notes.groups.counts.values())) == ("recording", 12)
    assert load_notes(tmp_path / "set") == notes
    assert sum(notes.counts.values()) == 24
    data = open_dataset(path=tmp_path / "set")
    assert data.shape == (50, 1, 1)
    for split in SPLITS:
        peaks = np.abs(data.split(split).rows(slice(None))).max(axis=(1, 2, 3))
        assert (peaks == 1).all()
    rows = rows_of(tmp_path / "set")
    splits = {row["file"]: row["split"] for row in rows}
    assert all(splits[row["file"]] == row["split"] for row in rows)
    assert {row["start"] for row in rows} == {"0.000", "0.100", "0.200"}


def test_copies_are_left_out_and_named(pictures, tmp_path, listener):
    data = (pictures / "QUEEN/hive0/0.png").read_bytes()
    (pictures / "QUEEN/zcopy.png").write_bytes(data)
    notes = build(pictures, tmp_path / "set", PLAN, listener)
    assert notes.files == 20
    assert listener.warnings == [
        "QUEEN/zcopy.png: left out, a copy of QUEEN/hive0/0.png"
    ]
    (pictures / "DRONE/zcopy.png").write_bytes(data)
    (pictures / "DRONE/own.png").write_bytes(
        (pictures / "QUEEN/hive1/1.png").read_bytes()
    )
    listener.warnings.clear()
    with pytest.raises(DatasetError) as caught:
        build(pictures, tmp_path / "other", PLAN, listener)
    assert str(caught.value) == (
        "3 pairs of copies have two classes; of each, remove the wrong file"
    )
    assert listener.warnings == [
        f"DRONE/{one} and QUEEN/{other} are the same file, once DRONE and once QUEEN"
        for one, other in (
            ("zcopy.png", "hive0/0.png"),
            ("own.png", "hive1/1.png"),
            ("zcopy.png", "zcopy.png"),
        )
    ]


def test_of_copies_in_given_splits_train_keeps_its_own(tmp_path, listener):
    for split in SPLITS:
        for i, label in enumerate("AB"):
            folder = tmp_path / "raw" / split / label
            folder.mkdir(parents=True)
            Image.new("RGB", (6, 4), (i, 0, 0)).save(folder / "same.png")
            own = (i, 1, SPLITS.index(split))
            Image.new("RGB", (6, 4), own).save(folder / "own.png")
    notes = build(tmp_path / "raw", tmp_path / "set", PLAN, listener)
    assert notes.counts == {"train": 4, "test": 2, "valid": 2}
    assert len(listener.warnings) == 4
    assert notes.options["fractions"] is None


def test_unreadable_files_are_listed_and_nothing_is_left(pictures, tmp_path, listener):
    (pictures / "QUEEN/bad.png").write_bytes(b"no picture")
    (pictures / "DRONE/bad.png").write_bytes(b"nor this")
    with pytest.raises(DatasetError) as caught:
        build(pictures, tmp_path / "out" / "set", PLAN, listener)
    assert str(caught.value) == (
        "2 of 22 files cannot be read; repair them, or leave them out with "
        "--skip-unreadable"
    )
    assert sorted(listener.warnings) == [
        f"{pictures}/{label}/bad.png: is not an image that can be read"
        for label in ("DRONE", "QUEEN")
    ]
    assert list((tmp_path / "out").iterdir()) == []
    plan = replace(PLAN, skip_unreadable=True)
    notes = build(pictures, tmp_path / "out" / "set", plan, listener)
    assert notes.files == sum(notes.counts.values()) == 20
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["set"]


def test_empty_files_are_faults_not_copies_with_two_classes(
    pictures, tmp_path, listener
):
    bad = [pictures / label / "bad.png" for label in ("DRONE", "QUEEN")]
    for path in bad:
        path.touch()
    with pytest.raises(DatasetError, match=r"^2 of 22 files cannot be read; repair"):
        build(pictures, tmp_path / "set", PLAN, listener)
    assert listener.warnings == [f"{path}: is empty" for path in bad]
    plan = replace(PLAN, skip_unreadable=True)
    assert build(pictures, tmp_path / "set", plan, listener).files == 20


@pytest.mark.parametrize("seed", range(5))
def test_splits_are_drawn_from_what_can_be_read(pictures, tmp_path, listener, seed):
    folder = pictures / "WORKER"
    folder.mkdir()
    for i in range(9):
        Image.new("RGB", (6, 4), (i, 0, 0)).save(folder / f"{i}.png")
        if i % 3:
            (folder / f"{i}.png").write_bytes(b"no picture %d" % i)
    plan = replace(PLAN, skip_unreadable=True, seed=seed)
    build(pictures, tmp_path / "set", plan, listener)
    rows = [row for row in rows_of(tmp_path / "set") if row["class"] == "WORKER"]
    assert sorted(row["split"] for row in rows) == sorted(SPLITS)


def test_nothing_that_can_be_read_is_too_little(pictures, tmp_path, listener):
    for i, path in enumerate(pictures.rglob("*.png")):
        path.write_bytes(b"no picture %d" % i)
    plan = replace(PLAN, skip_unreadable=True)
    with pytest.raises(DatasetError) as caught:
        build(pictures, tmp_path / "set", plan, listener)
    assert str(caught.value) == (
        "three splits need three groups or more, there are 0: none"
    )


def test_phone_pictures_that_cannot_be_read_are_faults(pictures, tmp_path, listener):
    phone = pictures / "QUEEN/phone.HEIC"
    phone.write_bytes(b"\0\0\0\x18ftypheic")
    with pytest.raises(DatasetError, match=r"^1 of 21 files cannot be read; repair"):
        build(pictures, tmp_path / "set", PLAN, listener)
    assert listener.warnings == [
        f"{phone}: is a HEIC image, which cannot be read; convert it to JPEG"
    ]
    plan = replace(PLAN, skip_unreadable=True)
    assert build(pictures, tmp_path / "set", plan, listener).files == 20


def test_a_class_that_only_one_split_has_is_warned_of(pictures, tmp_path, listener):
    folder = pictures / "WORKER"
    folder.mkdir()
    Image.new("RGB", (6, 4), "red").save(folder / "only.png")
    build(pictures, tmp_path / "set", PLAN, listener)
    assert listener.warnings == [
        "test has no example of WORKER",
        "valid has no example of WORKER",
    ]


def test_no_folder_is_replaced_that_build_did_not_make(pictures, tmp_path, listener):
    out = tmp_path / "precious"
    out.mkdir()
    (out / "thesis.txt").write_text("years")
    (out / "dataset.json").write_text("{}")
    for overwrite in (False, True):
        with pytest.raises(DatasetError, match="`beenet data build` did not make it"):
            build(pictures, out, replace(PLAN, overwrite=overwrite), listener)
    assert (out / "thesis.txt").exists()
    build(pictures, tmp_path / "set", PLAN, listener)
    with pytest.raises(DatasetError, match="is a set already; --overwrite builds it"):
        build(pictures, tmp_path / "set", PLAN, listener)
    again = replace(PLAN, overwrite=True, seed=9)
    assert build(pictures, tmp_path / "set", again, listener).options["seed"] == 9


def test_a_set_is_not_replaced_with_what_else_lies_in_it(pictures, tmp_path, listener):
    out, again = tmp_path / "set", replace(PLAN, overwrite=True)
    build(pictures, out, PLAN, listener)
    (out / "list.csv").write_text("mine")
    with pytest.raises(DatasetError, match=r"not make, such as list.csv; --overwrite"):
        build(pictures, out, again, listener)
    (out / "list.csv").unlink()
    raw = pictures.rename(out / "raw")
    with pytest.raises(DatasetError, match="such as raw"):
        build(raw, out, again, listener)
    assert any(raw.rglob("*.png"))


def test_a_set_is_no_source(pictures, tmp_path, listener):
    build(pictures, tmp_path / "set", PLAN, listener)
    with pytest.raises(DatasetError, match=r"is a set already; a config trains on it"):
        build(tmp_path / "set", tmp_path / "other", PLAN, listener)


def test_a_folder_that_holds_the_source_is_no_place(pictures, tmp_path, listener):
    listed = tmp_path / "list.csv"
    files = sorted(pictures.rglob("*.png"))
    rows = [f"{file.relative_to(tmp_path)},{file.parent.name}" for file in files]
    listed.write_text("\n".join(["file,class", *rows]))
    for source in (pictures, listed):
        with pytest.raises(DatasetError, match=r"build it somewhere else|exists"):
            build(source, tmp_path, PLAN, listener)
    assert all(file.exists() for file in files)


@pytest.mark.parametrize("inside", ["", "QUEEN/new", "new"])
def test_a_set_is_not_built_into_its_source(pictures, listener, inside):
    with pytest.raises(DatasetError, match="lies inside"):
        build(pictures, pictures / inside, PLAN, listener)


def test_what_does_not_fit_says_so(pictures, tmp_path, listener):
    with pytest.raises(DatasetError, match="the files are pictures, which have no sam"):
        chosen_recipe("image", samples=4)
    with pytest.raises(DatasetError, match="are recordings, but BEE1 holds none"):
        chosen_recipe("audio", REGISTRY["BEE1"])
    plan = replace(PLAN, dtype="uint8", recipe=lambda _: small("audio"))
    with pytest.raises(DatasetError, match="below 0, which uint8 cannot hold"):
        build(pictures, tmp_path / "set", plan, listener)
    (tmp_path / "file").touch()
    with pytest.raises(DatasetError, match=r"file/set: cannot be written: "):
        build(pictures, tmp_path / "file" / "set", PLAN, listener)


def test_like_a_registered_set():
    recipe = chosen_recipe("image", REGISTRY["BEE1_gray"], height=32)
    assert recipe.shape == (32, 64, 1)
    assert chosen_recipe("audio", REGISTRY["BUZZ1"]) == recipe_for(
        (4000, 1, 1), REGISTRY["BUZZ1"]
    )


def test_damaged_notes_and_changed_files_are_noticed(pictures, tmp_path, listener):
    out = tmp_path / "set"
    build(pictures, out, PLAN, listener)
    with pytest.raises(
        DatasetError, match="was built with the classes DRONE, QUEEN, no"
    ):
        open_dataset(path=out, classes=["QUEEN", "DRONE"])
    notes = json.loads((out / "dataset.json").read_text())
    (out / "dataset.json").write_text(json.dumps(notes | {"recipe": {}}))
    with pytest.raises(DatasetError, match=r"is damaged \(.*; build the set again"):
        load_notes(out)
    odd = notes | {"groups": notes["groups"] | {"of": "hive"}}
    (out / "dataset.json").write_text(json.dumps(odd))
    with pytest.raises(DatasetError, match=r"is damaged \(groups of 'hive'\); build"):
        load_notes(out)
    (out / "dataset.json").write_text(json.dumps(notes | {"format": 2}))
    with pytest.raises(DatasetError, match="was written by another version of beenet"):
        load_notes(out)
    (out / "dataset.json").write_text(json.dumps(notes))
    values = (out / "test_X.pck").read_bytes()
    (out / "test_X.pck").write_bytes(
        values[:-9] + bytes([values[-9] ^ 1]) + values[-8:]
    )
    with pytest.raises(
        DatasetError, match=r"test_X.pck: has changed since the set was"
    ):
        open_dataset(path=out).split("test")


@pytest.mark.skipif(not BEE_CROPS.is_dir(), reason="the bee crops are not here")
def test_real_crops_by_frame(tmp_path, listener):
    plan = BuildPlan(
        lambda kind: chosen_recipe(kind, REGISTRY["BEE1_gray"]),
        classes=("BEE", "NO_BEE"),
        group_by=r"/(\d+_\d+)_\d+\.png",
        dtype="uint8",
    )
    notes = build(BEE_CROPS, tmp_path / "set", plan, listener)
    assert notes.counts == {"train": 476, "test": 115, "valid": 115}
    assert listener.warnings == []
