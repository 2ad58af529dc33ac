import pytest

from beenet.runs.folder import RunFolder
from beenet.runs.looks import count_looks, note_look


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "metrics.json").write_text("{}")
    return RunFolder(tmp_path)


def test_looks_are_counted_by_data_and_split(folder):
    assert count_looks(folder) == {}
    for title, split in [("BEE1", "valid"), ("a, b", "test"), ("BEE1", "valid")]:
        note_look(folder, title, split)
    assert count_looks(folder) == {("BEE1", "valid"): 2, ("a, b", "test"): 1}


def test_a_line_that_was_cut_short_is_passed_over(folder):
    note_look(folder, "BEE1", "valid")
    with folder.looks.open("a") as file:
        file.write("2026-01-01")
    assert count_looks(folder) == {("BEE1", "valid"): 1}
    folder.looks.write_bytes(b"\xff\xfe")
    assert count_looks(folder) == {}


def test_a_folder_that_cannot_be_written_loses_the_count_alone(folder):
    folder.looks.mkdir()  # stands in for a read-only folder: root may write anywhere
    told = []
    note_look(folder, "BEE1", "valid", told.append)
    assert told == [
        f"this look at valid is not counted: {folder.looks}: is no plain file"
    ]
    assert count_looks(folder) == {}


def test_a_model_that_lies_elsewhere_is_not_counted(tmp_path):
    note_look(RunFolder(tmp_path), "BEE1", "valid")
    assert list(tmp_path.iterdir()) == []


def test_looks_outlive_the_run(folder):
    """A longer run, or another one, in the folder does not make them undone."""
    note_look(folder, "BEE1", "valid")
    folder.clear()
    assert list(folder.path.iterdir()) == [folder.looks]
    assert count_looks(folder) == {("BEE1", "valid"): 1}


def test_a_line_cut_within_its_quotes_costs_no_other(folder):
    note_look(folder, "BEE1 (synthetic, scale 0.1)", "valid")
    with folder.looks.open("a") as file:
        file.write('2026-01-01,"BEE1 (synthetic, sc')
    for _ in range(2):
        note_look(folder, "BEE1 (synthetic, scale 0.1)", "valid")
    assert count_looks(folder) == {("BEE1 (synthetic, scale 0.1)", "valid"): 3}


def test_a_link_in_a_strangers_folder_is_not_written_through(folder, tmp_path):
    mine = tmp_path / "mine"
    mine.write_text("mine\n")
    folder.looks.symlink_to(mine)
    note_look(folder, "BEE1", "valid")
    assert mine.read_text() == "mine\n"
    folder.looks.unlink()
    folder.looks.symlink_to(tmp_path / "new")
    note_look(folder, "BEE1", "valid")
    assert not (tmp_path / "new").exists()
