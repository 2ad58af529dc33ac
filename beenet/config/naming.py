"""Names of points and trials, which are names of folders."""

import hashlib
import re
from collections.abc import Iterable, Mapping

from beenet.config.faults import format_path
from beenet.config.overrides import key_path
from beenet.config.sweep import label_of

_TRIAL = re.compile(r"(?P<sweep>.+)/(?P<point>[^/]+)/seed-\d+")

_MAX_BYTES = 200
"""Limit of a point's name; with what is added to it, file systems allow 255."""


def short_names(keys: Iterable[str]) -> dict[str, str]:
    """Return the last word of each key, or the whole key if others share that word."""
    first = {key: key_path(key.split(",")[0].strip()) or () for key in keys}
    last = {
        key: next((s for s in reversed(path) if isinstance(s, str)), "value")
        for key, path in first.items()
    }
    words = list(last.values())
    return {
        key: word if words.count(word) == 1 else label_of(format_path(first[key]))
        for key, word in last.items()
    }


def point_name(
    labels: Mapping[str, str], names: Mapping[str, str], number: int | None = None
) -> str:
    """Return ``learning_rate-0.1_layers-deep``, or ``base`` for no change.

    It is a folder's name: a long one is cut and ends in a digest.

    Args:
        labels: key to value of each change, as text that is valid in a name.
        names: key to its short name.
        number: the number of a search's trial, put first.
    """
    parts = [f"{names[key]}-{label}" for key, label in labels.items()]
    if number is not None:
        parts.insert(0, f"{number:04}")
    name = "_".join(parts) or "base"
    if len(name.encode()) <= _MAX_BYTES:
        return name
    digest = hashlib.blake2b(name.encode(), digest_size=6).hexdigest()
    kept = name.encode()[: _MAX_BYTES - len(digest) - 1]
    return f"{kept.decode(errors='ignore')}-{digest}"


def trial_name(point: str, seed: int) -> str:
    """Return the name of a point's trial, and of its folder below the sweep's."""
    return f"{point}/seed-{seed}"


def sweep_and_point(name: str) -> tuple[str, str] | None:
    """Return the sweep and the point of a run's name; None if it is not a trial."""
    found = _TRIAL.fullmatch(name)
    return (found["sweep"], found["point"]) if found else None
