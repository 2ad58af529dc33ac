"""Compares two configs, given as plain data: by key, or in their epochs alone."""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from beenet.config.faults import KeyPath, format_path
from beenet.config.flat import flat
from beenet.text.values import brief, spell

_CONTEXT = 20  # equal characters shown before the first that differs


def is_resized(there: Any, asked: dict[str, Any], *, finished: bool) -> bool:
    """Return whether a run fits the requested config with another number of epochs.

    A run may be made longer, or shorter if it is not finished.

    Args:
        there: the resolved config of a run, as plain data, if there is one.
        asked: the requested config.
        finished: whether the run is finished.
    """
    if not isinstance(there, dict) or not isinstance(there.get("training"), dict):
        return False
    epochs, wanted = there["training"].get("epochs"), asked["training"]["epochs"]
    if asked | {"training": asked["training"] | {"epochs": epochs}} != there:
        return False
    return isinstance(epochs, int) and (
        epochs < wanted or (epochs > wanted and not finished)
    )


@dataclass(frozen=True)
class Difference:
    """A key whose value differs between two configs."""

    key: str
    """Its path, such as ``layers[0].dropout.keep_prob``."""
    first: str
    """The first config's value, as text; ``nothing`` if it has none."""
    second: str
    """The second config's value."""


def differences(first: Any, second: Any) -> list[Difference]:
    """Return the keys in which two configs, given as plain data, differ."""
    a, b = flat(first), flat(second)
    return [
        Difference(format_path(path), *_shown(_spelled(a, path), _spelled(b, path)))
        for path in {**a, **b}
        if (path in a, a.get(path)) != (path in b, b.get(path))
    ]


def _spelled(flat: dict[KeyPath, Any], path: KeyPath) -> str:
    return spell(flat[path]) if path in flat else "nothing"


def _shown(first: str, second: str) -> tuple[str, str]:
    """Return two texts shortened, around the first difference if it is far in."""
    pairs = zip_longest(first, second)
    same = next((i for i, (a, b) in enumerate(pairs) if a != b), 0)
    shown = brief(first), brief(second)
    if shown == (first, second) or same < 2 * _CONTEXT:
        return shown
    start = same - _CONTEXT
    return brief(f"...{first[start:]}"), brief(f"...{second[start:]}")
