"""YAML text to plain data, with the place of every value; and back.

Stricter than YAML 1.1, which is what PyYAML speaks: ``1e-3`` is a number, ``on`` and
``yes`` are text, duplicate keys and tags are faults, and nothing is ever constructed
but None, bool, int, float, str, list and dict.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from beenet.config.faults import Fault, Place

Path = tuple[str | int, ...]

MAX_BYTES = 1_000_000
MAX_VALUES = 20_000
"""A config has some hundred values; aliases of aliases can mean billions."""
MAX_DEPTH = 40

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)


@dataclass
class Document:
    """Plain data and where each part of it stands in its source.

    Attributes:
        data: None, bool, int, float, str, or lists and dicts of them.
        source: the file's name as the user gave it.
        values: the place of the value at each path.
        keys: the place of the key that leads to each path, for members of mappings.
    """

    data: Any
    source: str
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)

    def place(self, path: Path, *, of_key: bool = False) -> Place:
        """Return the place of ``path``, or of its nearest parent that has one."""
        for end in range(len(path), -1, -1):
            for places in (self.keys, self.values) if of_key else (self.values,):
                if path[:end] in places:
                    return places[path[:end]]
        return Place(self.source, 1, 1)

    def fault(self, path: Path, text: str, *, of_key: bool = False) -> Fault:
        """Return a fault at ``path``."""
        return Fault(self.place(path, of_key=of_key), path, text)


def parse(text: str, source: str) -> tuple[Document, list[Fault]]:
    """Read one YAML document.

    Args:
        text: the document.
        source: the name that faults give to it.

    Returns:
        The document, and the faults of its form. With a fault of syntax its data
        is None.
    """
    document = Document(None, source)
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        return document, [_syntax_fault(error, source)]
    except yaml.YAMLError as error:  # a character that YAML does not allow
        reason = str(error).splitlines()[0]
        return document, [Fault(Place(source, 1, 1), (), f"is not YAML: {reason}")]
    except RecursionError:
        return document, [_too_deep(Place(source, 1, 1))]
    finally:
        loader.dispose()
    if root is None:
        return document, []
    reader = _Reader(document)
    try:
        document.data = reader.convert(root, (), 0)
    except _TooMuchError as error:
        document.data = None
        return document, [error.fault]
    return document, reader.faults


def dump(data: Any) -> str:
    """Write plain data as YAML that `parse` reads back to equal data."""
    return yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, default_flow_style=None, width=120
    )


class _TooMuchError(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


def _too_deep(place: Place) -> Fault:
    return Fault(place, (), f"is nested more than {MAX_DEPTH} levels deep")


class _Reader:
    """Turns nodes into data; notes the places and the faults on its way."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.faults: list[Fault] = []
        self.count = 0

    def convert(self, node: yaml.Node, path: Path, depth: int) -> Any:
        place = _place(node, self.document.source)
        self.document.values[path] = place
        self.count += 1
        if self.count > MAX_VALUES:
            text = f"holds more than {MAX_VALUES} values; are there aliases of aliases?"
            raise _TooMuchError(Fault(place, (), text))
        if depth > MAX_DEPTH:
            raise _TooMuchError(_too_deep(place))
        if node.tag not in _TAGS:
            self.faults.append(Fault(place, path, f"tags are not read, got {node.tag}"))
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.convert(item, (*path, i), depth + 1)
                for i, item in enumerate(node.value)
            ]
        return _scalar(node.tag, node.value)

    def mapping(self, node: yaml.MappingNode, path: Path, depth: int) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = _place(key_node, self.document.source)
            if not isinstance(key_node, yaml.ScalarNode):
                self.faults.append(Fault(place, path, "a key must be a single word"))
                continue
            key = key_node.value
            if key in data:
                first = self.document.keys[(*path, key)]
                text = f"is given twice, first on line {first.line}"
                self.faults.append(Fault(place, (*path, key), text))
                continue
            self.document.keys[(*path, key)] = place
            data[key] = self.convert(value_node, (*path, key), depth + 1)
        return data


def _place(node: yaml.Node, source: str) -> Place:
    return Place(source, node.start_mark.line + 1, node.start_mark.column + 1)


def _scalar(tag: str, text: str) -> Any:
    match tag:
        case "tag:yaml.org,2002:null":
            return None
        case "tag:yaml.org,2002:bool":
            return text.lower() == "true"
        case "tag:yaml.org,2002:int" if len(text) < 400:
            return int(text)
        case "tag:yaml.org,2002:float" | "tag:yaml.org,2002:int":
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        case _:
            return text


def _syntax_fault(error: yaml.MarkedYAMLError, source: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    place = Place(source, mark.line + 1, mark.column + 1) if mark else Place(source)
    problem = error.problem or str(error)
    if "'\\t'" in problem:
        return Fault(place, (), "a tab cannot indent YAML; use spaces")
    if "expected a single document" in str(error):
        problem = "a second document begins here"
    return Fault(place, (), f"is not YAML: {problem}")


class _Loader(yaml.SafeLoader):
    """Resolves plain scalars by YAML 1.2's core schema, and never constructs."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML's own name)


class _Dumper(yaml.SafeDumper):
    """Quotes text that would be read as a number, here or by YAML 1.1."""


_RESOLVERS = {"null": _NULL, "bool": _BOOL, "int": _INT, "float": _FLOAT}
for _name, _pattern in _RESOLVERS.items():
    _whole = re.compile(rf"^(?:{_pattern.pattern})$")
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", _whole, None)
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", _whole, None)

_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("null", "bool", "int", "float", "str", "seq", "map")
}
