"""failed.json: why trials of a sweep failed, by their folders below the sweep's."""

from pathlib import Path

from beenet.system.plain_files import read_json

FAILED = "failed.json"


def read_failed(path: Path) -> dict[str, dict[str, str]]:
    """Return ``reason`` and ``config`` (its digest) of each failed trial, by name.

    Raises:
        OSError, ValueError: the file cannot be read, or was not written by a sweep.
    """
    found = read_json(path)
    try:
        return {
            name: {"reason": entry["reason"], "config": entry["config"]}
            for name, entry in found.items()
        }
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"is no record of failed trials: {error!r}") from None
