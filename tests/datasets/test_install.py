import errno
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from beenet.datasets import open_dataset
from beenet.datasets.folder import SIX_FILES
from beenet.datasets.install import add
from beenet.datasets.synth import synth
from beenet.errors import DatasetError

Maker = Callable[..., Path]
pytestmark = pytest.mark.usefixtures("tiny_bee1")


def zipped(folder: Path, prefix: str = "", **extra: bytes) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, prefix + file.name)
        for name, content in extra.items():
            archive.writestr(name, content)
    return path


def refusal(path: Path, name: str = "BEE1", **options: Any) -> str:
    with pytest.raises(DatasetError) as caught:
        add(name, path, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(str(path), "PATH")


def nothing_installed(home: Path) -> bool:
    """Only locks may have appeared in the data home."""
    left = [path for path in home.rglob("*") if path.is_file()]
    return all(path.suffix == ".lock" for path in left) and not (home / "BEE1").exists()


def test_what_is_not_installed_says_how_to_install_it(home: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        open_dataset(name="BEE_1")
    assert str(caught.value) == (
        "BEE1 is not installed: `beenet data add BEE1 PATH` installs it, "
        "`beenet data synth BEE1` synthetic data to try things out"
    )
    assert not home.exists()


def test_a_folder_is_copied_and_opens_by_name(home: Path, make_folder: Maker) -> None:
    folder = make_folder()
    manifest = add("BEE_1", folder)
    shutil.rmtree(folder)
    data = open_dataset(name="BEE1")
    assert len(data.split("train")) == 6
    assert data.hashes == manifest.hashes
    content = json.loads((home / "BEE1/manifest.json").read_text())
    assert content["name"] == "BEE1"
    assert content["source"] == str(folder)
    assert content["synthetic"] is False
    assert content["counts"] == {"train": 6, "test": 4, "valid": 5}
    assert not list(home.glob(".staging*"))


def test_after_adding_the_cache_is_warm(home: Path, make_folder: Maker) -> None:
    add("BEE1", make_folder())
    before = {path.name: path.stat().st_mtime_ns for path in home.glob("cache/*.npy")}
    assert len(before) == 3
    for split in ("train", "test", "valid"):
        open_dataset(name="BEE1").split(split)
    after = {path.name: path.stat().st_mtime_ns for path in home.glob("cache/*.npy")}
    assert after == before


def test_a_linked_folder_stays_where_it_is(home: Path, make_folder: Maker) -> None:
    folder = make_folder()
    add("BEE1", folder, link=True)
    assert (home / "BEE1/train_X.pck").resolve() == folder / "train_X.pck"
    assert len(open_dataset(name="BEE1").split("test")) == 4


def test_a_file_that_changed_after_adding_is_noticed(
    home: Path, make_folder: Maker
) -> None:
    folder = make_folder()
    add("BEE1", folder, link=True)
    other = make_folder("other", dtype=np.float32)
    shutil.copy(other / "valid_X.pck", folder / "valid_X.pck")
    with pytest.raises(DatasetError) as caught:
        open_dataset(name="BEE1")
    assert str(caught.value) == (
        f"{home / 'BEE1/valid_X.pck'}: has changed since BEE1 was installed; "
        "`beenet data add BEE1 PATH --overwrite` installs it again"
    )


@pytest.mark.parametrize("prefix", ["", "BEE1/", "a/b/"])
def test_a_zip_is_unpacked(home: Path, make_folder: Maker, prefix: str) -> None:
    shadow = {"__MACOSX/train_X.pck": b"shadow", "readme.txt": b"hello"}
    add("BEE1", zipped(make_folder(), prefix, **shadow))
    names = {path.name for path in (home / "BEE1").iterdir()}
    assert names == {*SIX_FILES, "manifest.json"}
    assert len(open_dataset(name="BEE1").split("valid")) == 5


def test_a_zip_cannot_write_outside(
    home: Path, make_folder: Maker, tmp_path: Path
) -> None:
    path = zipped(make_folder(), "../../../", **{"../../evil.txt": b"evil"})
    add("BEE1", path)
    assert not list(tmp_path.rglob("evil.txt"))
    written = {file.parent for file in tmp_path.rglob("train_X.pck")}
    assert written == {tmp_path / "six", home / "BEE1"}


def test_a_zip_with_two_of_one_name_is_refused(home: Path, make_folder: Maker) -> None:
    path = zipped(make_folder(), "a/", **{"b/test_X.pck": b"other"})
    assert refusal(path) == (
        "PATH: holds test_X.pck twice: 'a/test_X.pck' and 'b/test_X.pck'"
    )
    assert nothing_installed(home)


def test_an_encrypted_zip_is_refused(home: Path, make_folder: Maker) -> None:
    path = zipped(make_folder())
    raw = bytearray(path.read_bytes())
    at = -1
    while (at := raw.find(b"PK\x01\x02", at + 1)) >= 0:
        raw[at + 8] |= 1
    path.write_bytes(raw)
    assert refusal(path) == "PATH: test_X.pck is encrypted; unpack it first"
    assert nothing_installed(home)


def test_a_zip_of_five_is_refused(home: Path, make_folder: Maker) -> None:
    path = zipped(make_folder(changes={"test_Y.pck": None}))
    assert refusal(path) == "PATH: 1 of the six files missing: test_Y.pck"
    assert nothing_installed(home)


def test_a_zip_bomb_is_refused(home: Path, make_folder: Maker) -> None:
    folder = make_folder()
    (folder / "train_X.pck").write_bytes(bytes(20_000_000))
    path = zipped(folder)
    assert path.stat().st_size < 3_000_000
    assert refusal(path) == (
        "PATH: unpacks to more than 0.0 GB, the most that this data set can need"
    )
    assert nothing_installed(home)


def test_a_zip_bomb_that_lies_about_its_size_is_refused(
    home: Path, make_folder: Maker
) -> None:
    folder = make_folder()
    (folder / "train_X.pck").write_bytes(bytes(20_000_000))
    path = zipped(folder)
    true_size, lie = (n.to_bytes(4, "little") for n in (20_000_000, 1000))
    path.write_bytes(path.read_bytes().replace(true_size, lie))
    refusal(path)
    assert nothing_installed(home)


def test_a_damaged_zip_is_refused(home: Path, make_folder: Maker) -> None:
    path = zipped(make_folder())
    raw = bytearray(path.read_bytes())
    raw[2000:2050] = bytes(50)
    path.write_bytes(raw)
    assert refusal(path).startswith("PATH: is a damaged zip file: ")
    assert nothing_installed(home)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_by_a_method_that_unpacks_without_bounds_is_refused(
    home: Path, tmp_path: Path, method: int
) -> None:
    """A megabyte of bzip2 may hold gigabytes, and zipfile unpacks it in one go."""
    path = tmp_path / "six.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in SIX_FILES:
            archive.writestr(name, bytes(1000))
    assert refusal(path) == (
        "PATH: train_X.pck is packed by a method that is not read; zip it the usual "
        "way (deflate)"
    )
    assert nothing_installed(home)


def test_a_zip_that_points_outside_of_itself_is_refused(
    home: Path, make_folder: Maker
) -> None:
    path = zipped(make_folder())
    raw = path.read_bytes()
    at = raw.find(b"PK\x01\x02") + 42  # where the first member begins
    path.write_bytes(raw[:at] + b"\xff\xff\xff\x7f" + raw[at + 4 :])
    assert refusal(path).startswith("PATH: is a damaged zip file: ")
    assert nothing_installed(home)


def test_paths_that_are_neither_folder_nor_zip(
    make_folder: Maker, tmp_path: Path, home: Path
) -> None:
    assert refusal(tmp_path / "no") == "PATH: no such folder or zip file"
    text = tmp_path / "text"
    text.write_text("hello")
    assert refusal(text) == "PATH: is neither a folder nor a zip file"
    assert refusal(zipped(make_folder()), link=True) == (
        "PATH: is a zip file, which cannot be linked to"
    )
    assert not home.exists()


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_bad_values_are_found_before_anything_is_installed(
    home: Path, make_folder: Maker, kind: str
) -> None:
    x = np.zeros((5, 64, 64, 3))
    x[4, 1, 2, 0] = np.nan
    folder = make_folder(changes={"valid_X.pck": x})
    message = refusal(folder if kind == "folder" else zipped(folder))
    assert message == (
        "PATH/valid_X.pck, valid split: row 4 holds NaN, infinity "
        "or a number too large for float32"
    )
    assert nothing_installed(home)


def test_faults_in_the_headers_are_found_before_the_home_is_touched(
    home: Path, make_folder: Maker
) -> None:
    folder = make_folder(changes={"valid_X.pck": np.zeros((5, 64, 64))})
    assert refusal(folder) == (
        "PATH/valid_X.pck: has shape (5, 64, 64); expected (n, 64, 64, 3)"
    )
    assert not home.exists()


def test_an_installed_set_is_replaced_only_on_demand(
    home: Path, make_folder: Maker
) -> None:
    first = add("BEE1", make_folder())
    other = make_folder("other", dtype=np.float32)
    assert refusal(other) == (
        f"BEE1 is already installed in {home}; --overwrite replaces it"
    )
    assert open_dataset(name="BEE1").hashes == first.hashes
    second = add("BEE1", other, overwrite=True)
    assert open_dataset(name="BEE1").hashes == second.hashes != first.hashes


def test_a_replacement_that_fails_leaves_the_old_set(
    home: Path, make_folder: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = add("BEE1", make_folder())
    other = make_folder("other", dtype=np.float32)
    rename = Path.rename

    def fail(old: Path, new: Path) -> Path:
        if new == home / "BEE1" and home in old.parents[1].parents:
            raise OSError(errno.EIO, "Input/output error")
        return rename(old, new)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", fail)
        message = refusal(other, overwrite=True)
    assert message == (
        f"BEE1 cannot be installed in {home}: Input/output error; free some room, or "
        "choose another place with --data-dir"
    )
    assert open_dataset(name="BEE1").hashes == first.hashes
    add("BEE1", other, overwrite=True)
    assert open_dataset(name="BEE1").hashes != first.hashes


@pytest.mark.usefixtures("home")
def test_a_synthetic_set_makes_way_for_the_real_one(make_folder: Maker) -> None:
    synth("BEE1")
    assert open_dataset(name="BEE1").synthetic
    add("BEE1", make_folder())
    assert not open_dataset(name="BEE1").synthetic


def test_a_synthetic_set_stays_one_through_a_zip(home: Path, tmp_path: Path) -> None:
    synth("BEE1")
    path = zipped(home / "BEE1")
    path = path.replace(tmp_path / "BEE1.zip")
    assert add("BEE1", path, data_dir=tmp_path / "b").title == (
        "BEE1 (synthetic, scale 0.01)"
    )
    assert refusal(path, "BUZZ1") == "PATH: its manifest says BEE1, not BUZZ1"


@pytest.mark.usefixtures("home")
def test_a_real_set_does_not_make_way_for_a_synthetic_one(make_folder: Maker) -> None:
    add("BEE1", make_folder())
    with pytest.raises(DatasetError, match="BEE1 is already installed"):
        synth("BEE1")


def test_an_installed_set_is_not_added_from_its_own_place(
    home: Path, make_folder: Maker
) -> None:
    add("BEE1", make_folder())
    message = refusal(home / "BEE1", overwrite=True, link=True)
    assert message == "PATH: is where BEE1 is installed already"


@pytest.mark.parametrize("link", [False, True])
def test_what_lies_in_the_place_of_the_set_is_not_lost(
    home: Path, make_folder: Maker, tmp_path: Path, link: bool
) -> None:
    add("BEE1", make_folder())
    raw = make_folder("raw").rename(home / "BEE1/raw")
    links = tmp_path / "links"
    links.mkdir()
    for name in SIX_FILES:
        (links / name).symlink_to(raw / name)
    for path in (raw, links):
        message = refusal(path, overwrite=True, link=link)
        assert message == (
            f"PATH: lies in {home / 'BEE1'}, which would be replaced; move it "
            "elsewhere first"
        )
    assert all((raw / name).exists() for name in SIX_FILES)


def test_mnist_needs_no_installing(tmp_path: Path) -> None:
    message = refusal(tmp_path, "MNIST")
    assert message == "MNIST is inside beenet: there is nothing to install"


def test_a_full_disk_is_one_line_and_leaves_nothing(
    home: Path, make_folder: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("beenet.datasets.install.shutil.copy2", full)
    assert refusal(folder) == (
        f"BEE1 cannot be installed in {home}: No space left on device; free some "
        "room, or choose another place with --data-dir"
    )
    assert nothing_installed(home)


def test_an_interrupt_leaves_nothing(
    home: Path, make_folder: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("beenet.datasets.install.save_manifest", interrupted)
    with pytest.raises(KeyboardInterrupt):
        add("BEE1", folder)
    assert nothing_installed(home)


def test_what_a_killed_install_left_is_cleared(home: Path, make_folder: Maker) -> None:
    left = home / ".beenet-scratch.old"
    (left / "new/BEE1").mkdir(parents=True)
    (left / "new/BEE1/train_X.pck").write_bytes(b"half")
    (left / ".lock").touch()
    os.utime(left, (0, 0))
    add("BEE1", make_folder())
    assert not left.exists()


@pytest.mark.parametrize(
    "text", ["", "{", '{"format": 99, "hashes": 1, "synthetic": 1}']
)
def test_a_damaged_manifest_says_what_to_do(
    home: Path, make_folder: Maker, text: str
) -> None:
    add("BEE1", make_folder())
    (home / "BEE1/manifest.json").write_text(text)
    with pytest.raises(DatasetError, match=r"manifest.json: is damaged.* --overwrite$"):
        open_dataset(name="BEE1")
    add("BEE1", make_folder("again"), overwrite=True)
    assert len(open_dataset(name="BEE1").split("test")) == 4


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("text", ['{"tool": "another"}', "{}", "[1, 2]", "null"])
def test_own_data_may_have_a_manifest_of_another_tool(
    make_folder: Maker, text: str
) -> None:
    folder = make_folder()
    (folder / "manifest.json").write_text(text)
    assert open_dataset(path=folder, classes=["A", "B"]).classes == ("A", "B")
