from pathlib import Path

import pytest

from beenet.datasets import open_dataset
from beenet.datasets.synth import synth
from beenet.errors import DatasetError


def test_a_data_set_needs_a_name_or_a_path() -> None:
    with pytest.raises(DatasetError, match=r"^a data set needs a name or a path$"):
        open_dataset()


def test_a_synthetic_folder_says_so_when_opened_by_its_path(home: Path) -> None:
    synth("BUZZ1")
    for name in (None, "BUZZ1"):
        data = open_dataset(name=name, path=home / "BUZZ1")
        assert (data.name, data.synthetic) == ("BUZZ1", True)
        assert data.title == "BUZZ1 (synthetic, scale 0.01)"


def test_a_folder_of_another_shape_is_not_the_set_it_is_called(home: Path) -> None:
    synth("BUZZ1")
    with pytest.raises(DatasetError) as caught:
        open_dataset(name="BEE1", path=home / "BUZZ1")
    assert str(caught.value) == (
        f"{home / 'BUZZ1/train_X.pck'}: has shape (70, 4000, 1, 1); "
        "expected (n, 64, 64, 3)"
    )


def test_a_manifest_with_fields_of_the_wrong_kind_is_damaged(home: Path) -> None:
    synth("BUZZ1")
    path = home / "BUZZ1/manifest.json"
    path.write_text(path.read_text().replace('"seed": 0', '"seed": "zero"'))
    with pytest.raises(DatasetError) as caught:
        open_dataset(name="BUZZ1")
    assert str(caught.value) == (
        f"{path}: is damaged; install the data set again with --overwrite"
    )
