"""Finds keys of a sweep, and flags, whose values are overridden by other keys."""

from collections.abc import Sequence

from beenet.config.faults import KeyPath
from beenet.config.overrides import covers, key_path
from beenet.config.sweep import Sweep

MADE_NAME = "a trial's name is made of the sweep's and of its values"


def paths(key: str) -> list[KeyPath]:
    """Return the paths of keys separated by commas, without invalid ones."""
    found = (key_path(part.strip()) for part in key.split(","))
    return [path for path in found if path is not None]


def overrides_key(later: str, earlier: str) -> bool:
    """Return whether the later of two keys sets any path of the earlier one whole."""
    return any(covers(whole, path) for path in paths(earlier) for whole in paths(later))


def varied(sweep: Sweep) -> tuple[KeyPath, list[str]]:
    """Return the place in a sweep of the keys that it varies, and these in order."""
    if sweep.search:
        return ("search", "space"), list(sweep.search.space)
    return ("matrix",), list(sweep.matrix)


def overridden_keys(keys: Sequence[str]) -> list[tuple[str, str]]:
    """Return each key that overrides an earlier one, with that earlier key."""
    return [
        (later, earlier)
        for i, earlier in enumerate(keys)
        for later in keys[i + 1 :]
        if overrides_key(later, earlier)
    ]


def why_overridden(flag: str, sweep: Sweep) -> str:
    """Return why a ``-o`` flag would change no trial; empty if it would change some."""
    key = flag.partition("=")[0].strip()
    if ("name",) in paths(key):
        return MADE_NAME
    if ("training", "seed") in paths(key) and not isinstance(sweep.seeds, int):
        return "the sweep lists its seeds"
    _, keys = varied(sweep)
    taken = next((other for other in keys if overrides_key(other, key)), None)
    return f"the sweep has values of its own for {taken}" if taken else ""
