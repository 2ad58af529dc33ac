"""Runs are found below folders, each once."""

import json
from pathlib import Path

from beenet.runs.find_runs import find_runs


def test_finished_runs_are_found_at_any_depth(tmp_path):
    for name in ("b/c", "a"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "metrics.json").write_text("{}")
    assert [run.path for run in find_runs(tmp_path).finished] == [
        tmp_path / "a",
        tmp_path / "b/c",
    ]


def test_runs_behind_links_are_found_once(tmp_path):
    (tmp_path / "elsewhere/old").mkdir(parents=True)
    (tmp_path / "elsewhere/old/metrics.json").write_text("{}")
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "loop").symlink_to(runs)
    for name in ("linked", "linked_again"):
        (runs / name).symlink_to(tmp_path / "elsewhere")
    (found,) = find_runs(runs).finished
    assert found.path.resolve() == tmp_path / "elsewhere/old"
    assert found.path.is_relative_to(runs)


def test_what_is_half_done_and_what_failed_is_found_once(tmp_path, monkeypatch):
    (tmp_path / "runs/half/.resume").mkdir(parents=True)
    (tmp_path / "runs/half/config.yaml").touch()
    (tmp_path / "runs/begun").mkdir()  # without a checkpoint it cannot go on
    (tmp_path / "runs/begun/config.yaml").touch()
    (tmp_path / "runs/s/mended").mkdir(parents=True)
    (tmp_path / "runs/s/mended/metrics.json").write_text("{}")
    record = {"reason": "diverged", "config": "1234"}
    record_of = dict.fromkeys(("bad/seed-1", "mended"), record)
    (tmp_path / "runs/s/failed.json").write_text(json.dumps(record_of))
    monkeypatch.chdir(tmp_path)
    found = find_runs(Path("runs"), tmp_path / "runs", Path("runs/s"))
    assert [run.path for run in found.finished] == [Path("runs/s/mended")]
    assert [run.path for run in found.unfinished] == [Path("runs/half")]
    assert found.failed == [Path("runs/s/bad/seed-1")]
