"""The data home: where data sets are installed on this machine."""

import os
from pathlib import Path

from platformdirs import user_data_dir


def data_home(data_dir: Path | None = None) -> Path:
    """Return the data home: the argument, else BEENET_DATA, else the platform's.

    The folder need not exist yet; nothing is created here.
    """
    if data_dir is not None:
        return Path(data_dir)
    named = os.environ.get("BEENET_DATA")
    return Path(named) if named else Path(user_data_dir("beenet"))


def cache_folder(data_dir: Path | None = None) -> Path:
    """Return the folder of converted arrays, inside the data home."""
    return data_home(data_dir) / "cache"
