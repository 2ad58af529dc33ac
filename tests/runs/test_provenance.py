"""The commit that a run was trained on."""

import os
import subprocess

import pytest

from beenet.runs.provenance import provenance


@pytest.fixture
def git(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):  # of a hook that tests
        monkeypatch.delenv(name, raising=False)

    def git(*arguments):
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        done = subprocess.run(
            ["git", *who, *arguments], capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    return git


def commit():
    return provenance({"started": 0.0})["git_commit"]


def test_the_commit_and_whether_files_differ_from_it(git):
    assert commit() is None
    git("init", "-q")
    assert commit() is None
    git("commit", "-q", "--allow-empty", "-m", "first")
    head = git("rev-parse", "HEAD")
    assert commit() == head
    git("config", "core.quotePath", "false")
    with open(os.fsencode("x") + b"\xff", "w"):  # a name in no encoding
        pass
    assert commit() == f"{head}+"


def test_times_are_told_in_utc():
    told = provenance({"started": 1.5})
    assert told["started"] == "1970-01-01T00:00:01.500000+00:00"
    assert told["finished"].endswith("+00:00")
