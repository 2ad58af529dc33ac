import sqlite3
import sys

import pytest

from beenet.errors import SweepError
from beenet.sweep import storage
from beenet.sweep.storage import import_optuna, is_missing, opened, unreachable


def test_a_file_is_opened_by_its_path_whatever_its_folder_is_called(tmp_path):
    folder = tmp_path / "100%20?a=b#c"
    folder.mkdir()
    with opened("sqlite:///unused", folder / "search.db") as database:
        database.create_new_study([], "s")
    assert [path.name for path in folder.iterdir()] == ["search.db"]
    with opened("sqlite:///unused", folder / "search.db") as database:
        assert [study.study_name for study in database.get_all_studies()] == ["s"]


def test_tables_that_another_search_makes_at_once_are_waited_for(tmp_path, monkeypatch):
    import optuna

    def make(*args, **kwargs):
        if failures:
            raise failures.pop()
        return real(*args, **kwargs)

    real = optuna.storages.RDBStorage
    failures = [
        sqlite3.IntegrityError("UNIQUE constraint failed: alembic_version.version_num"),
        sqlite3.OperationalError("table studies already exists"),
    ]
    monkeypatch.setattr(optuna.storages, "RDBStorage", make)
    monkeypatch.setattr(storage, "_MOMENT", 0.0)
    with opened(f"sqlite:///{tmp_path}/shared.db", None) as database:
        assert database.get_all_studies() == []
    assert failures == []
    failures = [sqlite3.OperationalError("no such host"), OSError("once is enough")]
    with (
        pytest.raises(SweepError, match="once is enough"),
        opened(f"sqlite:///{tmp_path}/shared.db", None),
    ):
        pass
    assert len(failures) == 1


def test_an_sqlite_file_that_is_not_there_is_missing(tmp_path):
    url = f"sqlite:///{tmp_path}/shared.db"
    assert is_missing(url)
    with opened(url, None):
        pass
    assert not is_missing(url)


@pytest.mark.parametrize(
    "url", ["postgresql://me@host/db", "no url", "sqlite:///a?b=c"]
)
def test_whether_others_are_there_shows_when_they_are_opened(url):
    assert not is_missing(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:secret@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
        ("sqlite:////a/b.db", "sqlite:////a/b.db"),
    ],
)
def test_no_password_is_told(url, shown):
    told = unreachable(url, OSError("no route to host"))
    assert str(told) == f"{shown} cannot be opened: no route to host"


def test_without_optuna_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(SweepError, match=r"pip install 'beenet\[sweep\]'"):
        import_optuna()
