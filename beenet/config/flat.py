"""A config as a flat mapping of dotted keys, for tools without nesting."""

from collections.abc import Iterable
from typing import Any

from beenet.config.faults import KeyPath, format_path
from beenet.config.load import plain
from beenet.config.model import Config
from beenet.text.values import show


def flat(data: Any, path: KeyPath = ()) -> dict[KeyPath, Any]:
    """Return the values of nested plain data by their paths."""
    parts: Iterable[tuple[Any, Any]]
    if isinstance(data, dict) and data:
        parts = data.items()
    elif isinstance(data, list) and data:
        parts = enumerate(data)
    else:
        return {path: data}
    return {k: v for key, part in parts for k, v in flat(part, (*path, key)).items()}


def said(config: Config) -> dict[KeyPath, bool | int | float | str]:
    """Return a config's values by path, without its name and null or empty values."""
    return {
        path: value
        for path, value in flat(plain(config)).items()
        if path != ("name",) and value is not None and value not in ([], {})
    }


def dotted(config: Config) -> dict[str, bool | int | float | str]:
    """Return the values of `said` by keys such as ``layers[0].conv_2d.nb_filter``."""
    return {format_path(path): value for path, value in said(config).items()}


def flat_texts(config: Any) -> dict[str, str]:
    """Return the values of a config, given as plain data, as texts by dotted key."""
    return {
        format_path(path): value if isinstance(value, str) else show(value)
        for path, value in flat(config).items()
    }
