"""Why trials of a sweep failed, by their folders below it: failed.json."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from beenet.runs.folder import folders_below
from beenet.system.plain_files import read_json

FAILED = "failed.json"


def read_failed(path: Path) -> dict[str, dict[str, str]]:
    """Return ``reason`` and ``config`` (its digest) of each failed trial, by its name.

    Raises:
        OSError, ValueError: the file cannot be read, or is none of a sweep's.
    """
    found = read_json(path)
    try:
        return {
            name: {"reason": entry["reason"], "config": entry["config"]}
            for name, entry in found.items()
        }
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"is no record of failed trials: {error!r}") from None


def find_failed(roots: Iterable[Path]) -> list[Path]:
    """Return the folders, below others, of trials that failed, each once."""
    found: dict[Path, None] = {}
    for root in roots:
        for folder, names in folders_below(root):
            if FAILED in names:
                with suppress(OSError, ValueError):  # the sweep itself says why
                    trials = [folder / name for name in read_failed(folder / FAILED)]
                    found.update(dict.fromkeys(trials))
    return [path for path in found if not (path / "metrics.json").exists()]
