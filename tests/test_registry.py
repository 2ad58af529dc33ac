from pathlib import Path

import pytest

from beenet.datasets import REGISTRY, SPLITS, find
from beenet.errors import DatasetError


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("MNIST", "MNIST"),
        ("mnist", "MNIST"),
        ("BEE_4", "BEE4"),
        ("BEE_4_gray", "BEE4_gray"),
        ("bee2_1s", "BEE2_1S"),
        ("BEE_2_1S_grey", "BEE2_1S_gray"),
        ("BUZZ_1", "BUZZ1"),
    ],
)
def test_names_are_found_however_they_are_written(written: str, name: str) -> None:
    assert find(written).name == name


@pytest.mark.parametrize("path", ["./BEE1", "../bee4", "BEE1/", "/MNIST", "a\\BEE1"])
def test_a_path_is_no_name(path: str) -> None:
    with pytest.raises(DatasetError, match=r"no such folder, and no data set is"):
        find(path)


@pytest.mark.parametrize("name", ["sets/BEE1", "sets", "./sets/BEE1/"])
def test_a_folder_that_exists_is_told_apart(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sets" / "BEE1").mkdir(parents=True)
    (tmp_path / "x.zip").touch()
    rest = (
        "; here the name of a data set is needed: MNIST, BEE1, BEE1_gray, BEE2_1S, "
        "BEE2_1S_gray, BEE4, BEE4_gray, BUZZ1, BUZZ2, BUZZ3"
    )
    with pytest.raises(DatasetError) as caught:
        find(name)
    assert str(caught.value) == f"{name}: is a folder{rest}"
    with pytest.raises(DatasetError) as caught:
        find("x.zip")
    assert str(caught.value) == f"x.zip: is a file{rest}"


def test_an_unknown_name_says_which_was_meant_and_which_there_are() -> None:
    with pytest.raises(DatasetError) as caught:
        find("BEE1_grya")
    assert str(caught.value) == (
        "no data set is called 'BEE1_grya'; did you mean BEE1_gray? known: MNIST, BEE1,"
        " BEE1_gray, BEE2_1S, BEE2_1S_gray, BEE4, BEE4_gray, BUZZ1, BUZZ2, BUZZ3"
    )


def test_a_name_like_no_other_has_no_did_you_mean() -> None:
    with pytest.raises(DatasetError, match=r"^no data set is called 'cifar'; known: "):
        find("cifar")


def test_every_entry_is_filed_under_its_name_and_a_gray_set_is_its_twin() -> None:
    assert len(REGISTRY) == 10
    for name, info in REGISTRY.items():
        assert info.name == name
        assert tuple(info.counts) == SPLITS
        if name.endswith("_gray"):
            twin = REGISTRY[name.removesuffix("_gray")]
            assert info.shape == (*twin.shape[:2], 1)
            assert (info.counts, info.classes) == (twin.counts, twin.classes)
