"""The database in which Optuna stores a search's trials and results."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from beenet.errors import SweepError
from beenet.text.words import first_line


def import_optuna() -> Any:
    """Import Optuna, and reduce its logging to errors.

    Raises:
        SweepError: it is not installed.
    """
    try:
        import optuna
    except ImportError:
        raise SweepError("a search needs Optuna: pip install 'beenet[sweep]'") from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


_PATIENCE_SECONDS = 10.0
"""For how long connecting is tried again."""
_MOMENT = 0.25
"""Seconds between two of them."""
_MADE_AT_ONCE = ("UNIQUE constraint", "already exists", "is locked")
"""Parts of a driver's message if two searches make the tables of a new database."""


@contextmanager
def opened(url: str, file: Path | None) -> Iterator[Any]:
    """Yield Optuna's storage of studies, and close its connections afterwards.

    Args:
        url: the database.
        file: the SQLite file that it names, if it is the sweep's own. It is opened by
            its path: in a URL, ``?`` or ``%`` in a folder's name has another meaning.

    Raises:
        SweepError: Optuna is missing, or the database cannot be opened.
    """
    optuna = import_optuna()
    opening: dict[str, Any] = {}
    if file:
        opening["creator"] = lambda: sqlite3.connect(file, check_same_thread=False)

    def connect() -> Any:
        return optuna.storages.RDBStorage(
            "sqlite:///search.db" if file else url, engine_kwargs=opening
        )

    try:
        database = _repeated(connect)
    except Exception as error:  # whatever the database's driver raises
        raise unreachable(url, error) from None
    try:
        yield database
    finally:
        database.remove_session()
        database.engine.dispose()


def _repeated(connect: Callable[[], Any]) -> Any:
    """Connect again after a moment if another search makes the tables meanwhile."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            return connect()
        except Exception as error:
            text = str(getattr(error, "orig", error))  # without the SQL
            if not any(words in text for words in _MADE_AT_ONCE):
                raise
        time.sleep(_MOMENT)
    return connect()


def is_missing(url: str) -> bool:
    """Return whether a database is an SQLite file that does not exist yet."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        place = make_url(url)
    except ArgumentError:  # reported when it is opened
        return False
    if place.get_backend_name() != "sqlite" or place.query:
        return False
    return place.database is None or not Path(place.database).exists()


def unreachable(storage: str, error: Exception, done: str = "opened") -> SweepError:
    """Return the error for a database that fails; passwords are masked."""
    shown = re.sub(r"(?<=://)([^@/]*:)[^@/]*@", r"\1***@", storage)
    text = first_line(error).rstrip(".")
    hint = next((hint for words, hint in _HINTS.items() if words in text), "")
    return SweepError(f"{shown} cannot be {done}: {text}{hint}")


_DAMAGED = "; move the file away: a new one is made, and picks up finished runs"
_HINTS = {
    "unable to open database file": "; its folder must be there, and writable",
    "Failed to import DB access module": " (for postgresql pip install "
    "psycopg2-binary, for mysql pip install pymysql)",
    "malformed": _DAMAGED,
    "not a database": _DAMAGED,
}
"""Hints for parts of a driver's message."""
