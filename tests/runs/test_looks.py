import pytest

from beenet.runs.folder import RunFolder
from beenet.runs.looks import Look, looks_at_valid, note_look
from beenet.runs.metrics_file import RunMetrics
from made import count_looks, whole_metrics


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "metrics.json").write_text("{}")
    return RunFolder(tmp_path)


def test_looks_are_counted_by_data_and_split(folder):
    assert count_looks(folder) == {}
    for title, split in [("BEE1", "valid"), ("a, b", "test"), ("BEE1", "valid")]:
        note_look(folder, Look(title, split, ""))
    assert count_looks(folder) == {("BEE1", "valid"): 2, ("a, b", "test"): 1}


def test_a_line_that_was_cut_short_is_passed_over(folder):
    note_look(folder, Look("BEE1", "valid", ""))
    with folder.looks.open("a") as file:
        file.write("2026-01-01")
    assert count_looks(folder) == {("BEE1", "valid"): 1}
    folder.looks.write_bytes(b"\xff\xfe")
    assert count_looks(folder) == {}


def test_a_folder_that_cannot_be_written_loses_the_count_alone(folder):
    folder.looks.mkdir()  # stands in for a read-only folder: root may write anywhere
    told = []
    note_look(folder, Look("BEE1", "valid", ""), told.append)
    assert told == [
        f"this look at valid is not counted: {folder.looks}: is no plain file"
    ]
    assert count_looks(folder) == {}


def test_a_model_that_lies_elsewhere_is_not_counted(tmp_path):
    note_look(RunFolder(tmp_path), Look("BEE1", "valid", ""))
    assert list(tmp_path.iterdir()) == []


def test_looks_outlive_the_run(folder):
    """A longer run, or another one, in the folder does not make them undone."""
    note_look(folder, Look("BEE1", "valid", ""))
    folder.clear()
    assert list(folder.path.iterdir()) == [folder.looks]
    assert count_looks(folder) == {("BEE1", "valid"): 1}


def test_a_line_cut_within_its_quotes_costs_no_other(folder):
    note_look(folder, Look("BEE1 (synthetic, scale 0.1)", "valid", ""))
    with folder.looks.open("a") as file:
        file.write('2026-01-01,"BEE1 (synthetic, sc')
    for _ in range(2):
        note_look(folder, Look("BEE1 (synthetic, scale 0.1)", "valid", ""))
    assert count_looks(folder) == {("BEE1 (synthetic, scale 0.1)", "valid"): 3}


def test_a_link_in_a_strangers_folder_is_not_written_through(folder, tmp_path):
    mine = tmp_path / "mine"
    mine.write_text("mine\n")
    folder.looks.symlink_to(mine)
    note_look(folder, Look("BEE1", "valid", ""))
    assert mine.read_text() == "mine\n"
    folder.looks.unlink()
    folder.looks.symlink_to(tmp_path / "new")
    note_look(folder, Look("BEE1", "valid", ""))
    assert not (tmp_path / "new").exists()


def test_data_count_by_their_bytes_whatever_they_are_called(folder):
    metrics = RunMetrics.model_validate(whole_metrics(dataset="bees", data="ab12"))
    assert looks_at_valid(folder, metrics) == 1
    note_look(folder, Look("bees", "valid", "ab12"))
    note_look(folder, Look("copy of bees", "valid", "ab12"))
    note_look(folder, Look("bees", "test", "ab12"))
    note_look(folder, Look("bees", "valid", "cd34"))  # built again: other data
    assert looks_at_valid(folder, metrics) == 3
    with folder.looks.open("a") as file:  # of an older beenet
        file.write("2026-01-01T00:00:00+00:00,bees,valid\n")
    assert looks_at_valid(folder, metrics) == 4
    older = RunMetrics.model_validate(whole_metrics(dataset="bees"))
    assert looks_at_valid(folder, older) == 4
