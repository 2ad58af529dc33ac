import copy
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from beenet.config import load_mapping, plain
from beenet.config.yaml_text import dump
from beenet.errors import LockedError, RunError
from beenet.runs.folder import RunFolder
from beenet.system import files

CHECKPOINT = f"000001-000000002-{'0' * 32}.npz"


@pytest.fixture
def folder(tmp_path):
    return RunFolder(tmp_path / "a" / "b")


def test_metrics_mean_finished(folder):
    assert folder.state() == "new"
    folder.path.mkdir(parents=True)
    folder.config.write_text("a: 1\n")
    assert folder.state() == "new"  # it may be anybody's
    folder.resume.mkdir()
    assert folder.state() == "new"
    (folder.resume / CHECKPOINT).touch()
    assert folder.state() == "unfinished"
    folder.metrics.write_text("{}")
    assert folder.state() == "finished"


def test_another_config_is_refused_key_by_key(folder):
    folder.path.mkdir(parents=True)
    there = {"name": "x", "layers": [{"dropout": {"keep_prob": 0.5}}], "training": {}}
    folder.config.write_text(dump(there))
    folder.check_same(there)
    asked = {"name": "x", "layers": [{"dropout": {"keep_prob": 0.8}}], "loss": "m"}
    with pytest.raises(RunError) as caught:
        folder.check_same(asked)
    assert str(caught.value) == (
        f"{folder.path} holds a run of another config:\n"
        "  layers[0].dropout.keep_prob: 0.5 there, 0.8 asked for\n"
        "  training: {} there, nothing asked for\n"
        '  loss: nothing there, "m" asked for\n'
        "choose another folder with --run-dir, or replace it with --overwrite"
    )


def test_a_long_difference_is_cut(folder):
    folder.path.mkdir(parents=True)
    folder.config.write_text(dump({f"k{i}": 1 for i in range(11)}))
    with pytest.raises(RunError, match=r"k7: 1 there, 2 asked for\n  and 3 more\n"):
        folder.check_same({f"k{i}": 2 for i in range(11)})


def test_folders_made_for_nothing_are_taken_away(folder):
    with folder.locked():
        assert folder.path.is_dir()
    assert not folder.path.parent.exists()


def test_a_second_process_is_refused(folder):
    with folder.locked():
        code = (
            "import sys\nfrom pathlib import Path\n"
            "from beenet.runs.folder import RunFolder\n"
            "from beenet.errors import LockedError, RunError\n"
            "try:\n    RunFolder(Path(sys.argv[1])).locked().__enter__()\n"
            "except RunError as error:\n    print(error)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(folder.path)],
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout == (
        f"{folder.path} is being written by another beenet; wait for it, or choose "
        "another folder with --run-dir\n"
    )


def test_without_locks_a_file_that_one_alone_can_make_will_do(folder, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def flock(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with folder.locked():
        with pytest.raises(LockedError) as caught:
            RunFolder(folder.path).locked().__enter__()
        assert str(caught.value) == (
            f"{folder.path} is being written by another beenet; wait for it, or choose "
            "another folder with --run-dir; if that one is no more, remove "
            f"{folder.path / '.lock.soft'}"
        )
    assert not folder.path.exists()
    with folder.locked():
        (folder.path / "config.yaml").touch()
    assert {path.name for path in folder.path.iterdir()} == {".lock", "config.yaml"}


def test_a_folder_with_other_files_is_refused(folder):
    folder.path.mkdir(parents=True)
    (folder.path / "thesis.docx").write_text("years of work")
    with pytest.raises(RunError, match=r"holds other files, such as thesis.docx"):
        folder.locked().__enter__()


@pytest.mark.parametrize("name", ["config.yaml", "history.csv", "model.tfl.index"])
def test_files_of_a_runs_names_are_not_taken_for_a_runs(folder, name):
    folder.path.mkdir(parents=True)
    (folder.path / name).write_text("mine")
    assert folder.state() == "new"
    with pytest.raises(RunError) as caught:
        folder.locked().__enter__()
    assert str(caught.value) == (
        f"{folder.path} holds other files, such as {name}; choose another folder with "
        "--run-dir, or replace it with --overwrite"
    )
    with folder.locked(replacing=True):
        folder.settle()
    assert (folder.path / name).read_text() == "mine"


def test_a_name_that_a_training_would_fail_under_is_refused_before_it(tmp_path):
    strange = RunFolder(tmp_path / os.fsdecode(b"caf\xe9") / "run")
    with pytest.raises(RunError, match=r"its name is not UTF-8, and TensorFlow cannot"):
        strange.locked().__enter__()
    link = tmp_path / "link"
    link.symlink_to("nowhere")
    with pytest.raises(RunError) as caught:
        RunFolder(link).locked().__enter__()
    assert str(caught.value) == (
        f"{link} is a link to nowhere, which is not there; make that, or choose "
        "another folder with --run-dir"
    )


def test_a_folder_of_others_is_no_runs_for_having_hidden_ones(folder):
    (folder.path / ".resume").mkdir(parents=True)
    (folder.path / ".resume.new").mkdir()
    for name in (".resume/notes.txt", ".resume/best-000001-0.npz", "curves.png"):
        (folder.path / name).write_text("mine")
    with pytest.raises(RunError, match=r"holds other files, such as curves.png"):
        folder.locked().__enter__()
    (folder.path / ".resume" / CHECKPOINT).touch()
    with folder.locked():
        pass


def test_hidden_files_of_others_stay(folder):
    (folder.path / ".resume.new").mkdir(parents=True)
    names = [".movie.mkv.part", ".resume.new/mine"]
    for name in names:
        (folder.path / name).write_text("mine")
    left = folder.path / f".metrics.json.{'0' * 16}.part"
    left.touch()
    with folder.locked():
        folder.settle()
    assert not left.exists()
    assert all((folder.path / name).exists() for name in names)


def test_a_pruned_run_is_marked_until_it_is_resumed(folder):
    mark = folder.path / ".pruned"
    folder.path.mkdir(parents=True)
    folder.mark_pruned()
    assert not mark.exists()  # nothing was begun, as on another machine
    folder.config.touch()
    folder.resume.mkdir()
    (folder.resume / f"000001-000000002-{'0' * 32}.npz").touch()
    for end in (folder.settle, folder.clear):
        folder.mark_pruned()
        assert mark.exists()
        with folder.locked():
            end()
        assert not mark.exists()


def test_clear_removes_the_runs_own_files_only(folder):
    folder.path.mkdir(parents=True)
    own = ["config.yaml", "metrics.json", "model.tfl.index", "checkpoint"]
    for name in [*own, "notes.txt"]:
        (folder.path / name).write_text("x")
    folder.resume.mkdir()
    folder.clear()
    assert [p.name for p in folder.path.iterdir()] == ["notes.txt"]


def test_what_is_half_removed_does_not_look_finished(folder, monkeypatch):
    folder.path.mkdir(parents=True)
    for name in ("config.yaml", "metrics.json", "model.tfl.index"):
        (folder.path / name).write_text("x")
    unlink = Path.unlink

    def killed(path, **options):
        unlink(path, **options)
        raise SystemExit

    monkeypatch.setattr(Path, "unlink", killed)
    with pytest.raises(SystemExit):
        folder.clear()
    assert folder.state() != "finished"


def test_what_a_killed_process_left_among_its_checkpoints_goes(folder):
    for name in (".resume", ".resume.new"):
        (folder.path / name).mkdir(parents=True)
        (folder.path / name / f".best-1.npz.{'0' * 16}.part").touch()
    folder.settle()
    assert list(folder.path.rglob("*.part")) == []


def test_a_run_is_here_once_its_names_are_on_the_disk(folder, monkeypatch):
    folder.staged.mkdir(parents=True)
    (folder.staged / "config.yaml").write_text("name: a\n")
    synced = []
    monkeypatch.setattr(
        files,
        "sync_folder",
        lambda place: synced.append((place, folder.resume.exists())),
    )
    folder.promote()
    assert synced[-1] == (folder.path, True)


@pytest.mark.parametrize("text", ["", "a: [", "- 1\n", "a: 1\na: 2\n"])
def test_a_damaged_config_is_named_and_its_copy(folder, text):
    folder.resume.mkdir(parents=True)
    folder.config.write_text(text)
    copy = folder.resume / "config.yaml"
    for cure in (
        "replace the run with --overwrite",
        f"put its copy in its place: {copy}",
    ):
        with pytest.raises(RunError) as caught:
            folder.read_config()
        assert str(caught.value) == f"{folder.config} is damaged; {cure}"
        copy.touch()


def test_a_run_made_before_a_key_was_known_is_of_the_same_config(tmp_path):
    mapping = {
        "name": "a",
        "dataset": "MNIST",
        "layers": [{"fully_connected": {"n_units": 10}}],
    }
    config = plain(load_mapping(mapping).config)
    older = copy.deepcopy(config)
    del older["training"]["save_best"], older["augmentation"]
    folder = RunFolder(tmp_path)
    folder.config.write_text(json.dumps(older))
    folder.check_same(config)
    older["training"]["no_longer_known"] = 1
    folder.config.write_text(json.dumps(older))
    with pytest.raises(RunError, match=r"training\.no_longer_known: 1 there"):
        folder.check_same(config)


@pytest.mark.parametrize("name", [".resume", ".resume.new"])
def test_a_link_in_the_place_of_checkpoints_is_refused(tmp_path, name):
    mine = tmp_path / "mine"
    (mine / ".beenet-scratch.x").mkdir(parents=True)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / name).symlink_to(mine)
    with pytest.raises(RunError, match=r"is a link, which beenet never makes"):
        RunFolder(tmp_path / "run").settle()
    assert (mine / ".beenet-scratch.x").exists()
