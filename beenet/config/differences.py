"""In what two configs, as plain data, are not the same: by keys, or by epochs alone."""

from dataclasses import dataclass
from typing import Any

from beenet.config.faults import format_path, show
from beenet.config.flat import Keys, flat


def is_longer(there: Any, asked: dict[str, Any]) -> bool:
    """Return whether the same is asked for as is there, for more epochs.

    Args:
        there: the resolved config of a run, as plain data, if there is one.
        asked: the one asked for.
    """
    epochs = _epochs_of_the_same(there, asked)
    return epochs is not None and epochs < int(asked["training"]["epochs"])


def is_shorter(there: Any, asked: dict[str, Any]) -> bool:
    """Return whether the same is asked for as is there, for fewer epochs.

    Args:
        there: the resolved config of a run, as plain data, if there is one.
        asked: the one asked for.
    """
    epochs = _epochs_of_the_same(there, asked)
    return epochs is not None and epochs > int(asked["training"]["epochs"])


def _epochs_of_the_same(there: Any, asked: dict[str, Any]) -> int | None:
    """Return the epochs of a config; None if it differs from another in more."""
    if not isinstance(there, dict) or not isinstance(there.get("training"), dict):
        return None
    epochs = there["training"].get("epochs")
    training = asked["training"] | {"epochs": epochs}
    same = asked | {"training": training} == there
    return epochs if same and isinstance(epochs, int) else None


@dataclass(frozen=True)
class Difference:
    """A key whose value is not the same in two configs."""

    key: str
    """Its path, such as ``layers[0].dropout.keep_prob``."""
    first: str
    """The first's value, as text; ``nothing`` where it has none."""
    second: str
    """The second's."""


def differences(first: Any, second: Any) -> list[Difference]:
    """Return in what two configs, as plain data, are not the same."""
    a, b = flat(first), flat(second)
    return [
        Difference(format_path(path), _shown(a, path), _shown(b, path))
        for path in {**a, **b}
        if (path in a, a.get(path)) != (path in b, b.get(path))
    ]


def _shown(flat: dict[Keys, Any], path: Keys) -> str:
    return show(flat[path]) if path in flat else "nothing"
