"""Finds a saved model's prefix from a run folder, a prefix or one of its files."""

import os
import re
from pathlib import Path

from beenet.config.faults import did_you_mean
from beenet.errors import ModelNotFoundError, NetworkError
from beenet.runs.folder import CONFIG, MODEL
from beenet.system.plain_files import open_plain
from beenet.text.words import listed

_DEPTH = 4
"""Runs fewer folders deep than this are suggested in an error."""


def find_model(path: Path) -> Path:
    """Return the prefix of a saved model.

    Args:
        path: a run folder, a prefix, or any one file of the model.

    Raises:
        NetworkError: there is no model.
    """
    if path.is_dir():
        prefix = path / MODEL
    else:
        name = _FILE_OF_A_MODEL.sub("", path.name)
        prefix = path.with_name(name) if name else path
    if Path(f"{prefix}.index").is_file() or _is_table(prefix):
        return prefix
    if path.is_dir() and (path / CONFIG).exists():
        raise NetworkError(
            f"{path} holds a run that is not finished: it has no model; the command "
            "that began it resumes it, with -o training.epochs=N to end sooner"
        )
    if path.suffix in (".yaml", ".yml") and path.is_file():
        raise ModelNotFoundError(
            f"{path} is not a model; `beenet train` makes one of a config"
        )
    folder = path if path.is_dir() else path.parent
    others = sorted(p.name.removesuffix(".index") for p in folder.glob("*.index"))
    found = [p for n in range(1, _DEPTH) for p in folder.glob(f"{'*/' * n}{CONFIG}")]
    places = [p.parent.relative_to(folder) for p in found]
    runs = sorted(p.as_posix() for p in places if not p.name.startswith("."))
    hint = f"; in {folder} there is {', '.join(others[:5])}" if others else ""
    if runs and path.is_dir():
        hint = f"; below it are the runs {listed(runs, 5)}"
    elif not path.is_absolute() and (below := Path("runs") / path).is_dir():
        hint = f"; did you mean '{below}'?"
    elif runs:
        hint = did_you_mean(path.name, runs) or hint
    raise ModelNotFoundError(
        f"there is no saved model at {path}; give a run folder, a .tfl, or one of its "
        f"files{hint}"
    )


_FILE_OF_A_MODEL = re.compile(r"\.(data-\d{5}-of-\d{5}|index|meta|yaml)$")
_TABLE_MAGIC = (0xDB4775248B80FB57).to_bytes(8, "little")
"""Ends every LevelDB table, which TensorFlow's first checkpoint format consists of."""


def _is_table(path: Path) -> bool:
    """Return whether a file is a whole model in TensorFlow's format before 2017."""
    try:
        with open_plain(path) as file:
            file.seek(-len(_TABLE_MAGIC), os.SEEK_END)
            return file.read() == _TABLE_MAGIC
    except OSError:  # missing, a folder, or shorter than the magic number
        return False
