"""``-o KEY=VALUE``: a change to a config, as if it stood in the file."""

import re
from typing import Any

from beenet.config.faults import Fault, Place
from beenet.config.text import Document, Path, parse

_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def override(document: Document, flag: str) -> list[Fault]:
    """Set one value in ``document``; its place becomes the flag.

    Args:
        document: the config as read; changed in place.
        flag: ``optimizer.sgd.learning_rate=0.01``; list items by number, from 0:
            ``layers[0].conv_2d.nb_filter=30`` or ``layers.0.conv_2d.nb_filter=30``.

    Returns:
        The faults of the flag's form.
    """
    place = Place(f"-o {flag}")
    key, equals, text = flag.partition("=")
    if not equals or not key.strip():
        return [Fault(place, (), "must be KEY=VALUE, as in training.epochs=5")]
    path = _path(key.strip())
    if path is None:
        return [Fault(place, (), f"is not a path of keys, got {key.strip()}")]
    value, faults = parse(text, str(place))
    if faults:
        return [Fault(place, path, fault.text) for fault in faults]
    return _set(document, path, value.data, place)


def _path(key: str) -> Path | None:
    steps = _STEP.findall(key)
    spelled = "".join(f"[{i}]" if i else name for i, name in steps)
    if spelled != re.sub(r"\.", "", key) or not steps:
        return None
    return tuple(
        int(index or name) if index or name.isdecimal() else name
        for index, name in steps
    )


def _set(document: Document, path: Path, value: Any, place: Place) -> list[Fault]:
    if not isinstance(document.data, dict):
        document.data = {}
    node: Any = document.data
    for depth, step in enumerate(path):
        here = path[:depth]
        last = depth == len(path) - 1
        if isinstance(step, int):
            if not isinstance(node, list):
                return [Fault(place, here, "is not a list")]
            if step >= len(node):
                text = f"has {len(node)} items, numbered from 0; there is no {step}"
                return [Fault(place, here, text)]
        elif not isinstance(node, dict):
            return [Fault(place, here, "is not a mapping; list items go by number")]
        if last:
            node[step] = value
        else:
            child = node[step] if isinstance(step, int) else node.get(step)
            node[step] = _opened(child, path[depth + 1])
            node = node[step]
    for places in (document.values, document.keys):
        for known in [known for known in places if known[: len(path)] == path]:
            del places[known]
        places[path] = place
    return []


def _opened(node: Any, step: str | int) -> Any:
    """Return ``node`` as something that ``step`` leads into.

    ``sgd`` becomes ``{sgd: {}}`` when a key of sgd is set, and nothing a mapping.
    """
    if node is None and isinstance(step, str):
        return {}
    if isinstance(node, str) and node == step:
        return {node: {}}
    return node
