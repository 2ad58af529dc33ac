"""``-o KEY=VALUE``: applies a change to a config as if it were in the file."""

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from beenet.config.faults import Fault, KeyPath, Place, format_path
from beenet.config.model import Config
from beenet.config.structure import keys_at
from beenet.config.yaml_text import Document, parse
from beenet.text.values import brief, show

_KEY = re.compile(r"[^.\[\]]+(\[[0-9]{1,6}\]|\.[^.\[\]]+)*")
_STEP = re.compile(r"\[([0-9]+)\]|([^.\[\]]+)")
_INDEX = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Change:
    """A value for a key, and its place."""

    path: KeyPath
    value: Any
    place: Place


def override(document: Document, flag: str | Change) -> list[Fault]:
    """Set one value in ``document``; its place becomes the flag's.

    Args:
        document: the config as read; changed in place.
        flag: ``optimizer.sgd.learning_rate=0.01``; list items by number, from 0:
            ``layers[0].conv_2d.nb_filter=30`` or ``layers.0.conv_2d.nb_filter=30``.

    Returns:
        The faults of the flag's form.
    """
    if isinstance(flag, Change):
        return _set(document, flag.path, copy.deepcopy(flag.value), flag.place)
    place = Place(f"-o {brief(flag)}")
    key, equals, text = flag.partition("=")
    if not equals or not key.strip():
        return [Fault(place, (), "must be KEY=VALUE, as in training.epochs=5")]
    path = key_path(key.strip())
    if path is None:
        rule = "is not a path of keys such as layers[0].conv_2d.nb_filter"
        return [Fault(place, (), f"{rule}, got {brief(key.strip())}")]
    value, faults = parse(text, str(place))
    if faults:
        return [Fault(place, path, fault.text) for fault in faults]
    return _set(document, path, value.data, place)


def lost(flags: Iterable[str | Change]) -> list[Fault]:
    """Return a fault for each ``-o`` flag that a later one overrides as a whole.

    Two flags for the same key are no fault: the later counts, as usual for flags.
    """
    given = [flag for flag in flags if isinstance(flag, str)]
    paths = [key_path(flag.partition("=")[0].strip()) or () for flag in given]
    return [
        Fault(
            Place(f"-o {brief(given[i])}"),
            path,
            f"changes nothing, as -o {brief(later)} sets all of it; give it after that",
        )
        for i, path in enumerate(paths)
        for whole, later in zip(paths[i + 1 :], given[i + 1 :], strict=True)
        if whole and whole != path and covers(whole, path)
    ]


def key_path(key: str) -> KeyPath | None:
    """Read ``layers[0].conv_2d.nb_filter``; None if it is not a path of keys."""
    if not _KEY.fullmatch(key):
        return None
    return tuple(
        int(index or name) if index or _INDEX.fullmatch(name) else name
        for index, name in _STEP.findall(key)
    )


def covers(whole: KeyPath, path: KeyPath) -> bool:
    """Return whether ``whole`` is ``path`` or contains it."""
    return path[: len(whole)] == whole


def dotted_key(key: str, values: Mapping[str, Any]) -> str | None:
    """Return the dotted key for values that are nested as in a config.

    Args:
        key: a top-level key of a config.
        values: the mapping below it; None is returned if its keys are not that key's.
    """
    first = next(iter(values), "")
    inner, known = values.get(first), keys_at(Config, (key, str(first)))
    if isinstance(inner, dict) and inner and inner.keys() <= set(known):
        return f"{key}.{first}.{next(iter(inner))}"
    return f"{key}.{first}" if values.keys() <= set(keys_at(Config, (key,))) else None


def _set(document: Document, path: KeyPath, value: Any, place: Place) -> list[Fault]:
    if document.data is None:
        document.data = {}
    if not isinstance(document.data, dict):
        return []  # not a config at all, which is reported later
    node: Any = document.data
    for depth in range(len(path)):
        here, step = path[:depth], path[depth]
        last = depth == len(path) - 1
        if isinstance(step, int):
            if not node and not isinstance(node, dict):
                text = f"has no items yet; give all of it, as {format_path(here)}=[...]"
                return [Fault(place, here, text)]
            if not isinstance(node, list):
                return [Fault(place, here, f"is not a list, but {show(node)}")]
            if step >= len(node):
                items = f"has items 0 to {len(node) - 1}" if node else "is empty"
                return [Fault(place, here, f"{items}; there is no {step}")]
        elif not isinstance(node, dict):
            text = f"has no key {step}, as it is {show(node)}"
            if isinstance(node, list):
                text = f"is a list; its items go by number: {format_path((*here, 0))}"
            return [Fault(place, here, text)]
        if last:
            node[step] = value
        else:
            if isinstance(step, str) and step not in node:
                document.keys[path[: depth + 1]] = place
            child = node[step] if isinstance(step, int) else node.get(step)
            if step == "class_weights" and (child is None or isinstance(child, dict)):
                # Keys are names here, although MNIST's classes are digits.
                path = (*path[: depth + 1], *map(str, path[depth + 1 :]))
            node[step] = _opened(child, path[depth + 1])
            node = node[step]
    for places in (document.values, document.keys):
        for known in [known for known in places if covers(path, known)]:
            del places[known]
        places[path] = place
    return []


def _opened(node: Any, step: str | int) -> Any:
    """Return ``node`` as something that ``step`` can index.

    ``sgd`` becomes ``{sgd: {}}`` when a key of sgd is set; null becomes a mapping.
    """
    if node is None and isinstance(step, str):
        return {}
    if isinstance(node, str) and node == step:
        return {node: {}}
    return node
