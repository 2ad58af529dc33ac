from pathlib import Path

import pytest

from beenet.errors import ModelNotFoundError, NetworkError
from beenet.runs.find_model import find_model


def test_a_model_goes_by_its_folder_its_prefix_or_any_file(tmp_path):
    prefix = tmp_path / "model.tfl"
    suffixes = ["", ".index", ".meta", ".data-00000-of-00001", ".yaml"]
    for suffix in suffixes[1:]:
        (prefix.parent / f"model.tfl{suffix}").touch()
    for suffix in suffixes:
        assert find_model(prefix.parent / f"model.tfl{suffix}") == prefix
    assert find_model(prefix.parent) == prefix


def test_no_model_and_an_unfinished_run_are_told_apart(tmp_path):
    with pytest.raises(NetworkError, match="there is no saved model at"):
        find_model(tmp_path)
    (tmp_path / "config.yaml").touch()
    with pytest.raises(NetworkError, match="a run that is not finished"):
        find_model(tmp_path)


@pytest.mark.parametrize("name", [".meta", ".index", ".yaml"])
def test_a_mere_ending_is_no_model(tmp_path, name):
    with pytest.raises(NetworkError, match="there is no saved model at"):
        find_model(tmp_path / name)


def test_a_runs_name_leads_to_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("mnist/first", "mnist/first/.resume"):
        Path("runs", name).mkdir(parents=True)
        Path("runs", name, "config.yaml").touch()
    with pytest.raises(
        ModelNotFoundError, match=r"; did you mean 'runs/mnist/first'\?$"
    ):
        find_model(Path("mnist/first"))
    with pytest.raises(
        ModelNotFoundError, match=r"; below it are the runs mnist/first$"
    ):
        find_model(Path("runs"))
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ModelNotFoundError) as caught:
        find_model(empty)
    assert "did you mean" not in str(caught.value)
