"""Converts YAML text to plain data, with the place of every value, and back.

Stricter than YAML 1.1, which PyYAML reads: ``1e-3`` is a number, ``on`` and ``yes`` are
text, duplicate keys, tags and merge keys are faults, and nothing is ever constructed
except None, bool, int, float, str, list and dict.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from beenet.config.faults import Fault, KeyPath, Place

MAX_BYTES = 1_000_000
MAX_VALUES = 20_000
"""A config has some hundred values; aliases of aliases can expand to billions."""
MAX_DEPTH = 40

MAX_DIGITS = 300
"""A longer whole number is read as a float, whose limit is near 1e308."""

_STANDARD = "tag:yaml.org,2002:"
_UNREADABLE = re.compile("[\0\ud800-\udfff]")
_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)


@dataclass
class Document:
    """Plain data, and the place of each part of it in its source.

    Attributes:
        data: None, bool, int, float, str, or lists and dicts of them.
        source: the file's name as the user gave it.
        values: the place of the value at each path.
        keys: the place of the key that leads to each path, for members of mappings.
    """

    data: Any
    source: str
    values: dict[KeyPath, Place] = field(default_factory=dict)
    keys: dict[KeyPath, Place] = field(default_factory=dict)

    def place(self, path: KeyPath, *, of_key: bool = False) -> Place:
        """Return the place of ``path``, or of its nearest parent that has one."""
        for end in range(len(path), -1, -1):
            for places in (self.keys, self.values) if of_key else (self.values,):
                if path[:end] in places:
                    return places[path[:end]]
        return Place(self.source, 1, 1)

    def forget_lines(self) -> None:
        """Keep only the source of every place: the user never sees the text."""
        self.values.setdefault((), Place(self.source))
        for places in (self.values, self.keys):
            places.update(dict.fromkeys(places, Place(self.source)))

    def fault(self, path: KeyPath, text: str, *, of_key: bool = False) -> Fault:
        """Return a fault at ``path``."""
        return Fault(self.place(path, of_key=of_key), path, text)


def parse(text: str, source: str) -> tuple[Document, list[Fault]]:
    """Read one YAML document.

    Args:
        text: the document.
        source: its name in faults.

    Returns:
        The document, and the faults of its form. With a syntax fault its data is
        None.
    """
    document = Document(None, source)
    reader = _Reader(document)
    try:
        root = _Loader(text).get_single_node()
        if root is not None:
            document.data = reader.convert(root, (), 0)
    except yaml.MarkedYAMLError as error:
        return document, [_syntax_fault(error, source)]
    except yaml.reader.ReaderError as error:
        return document, [_character_fault(error, text, source)]
    except _TooMuchError as error:
        return document, [Fault(_place(error.mark, source), (), error.text)]
    return document, reader.faults


def dump(data: Any) -> str:
    """Write plain data as YAML that `parse` reads back to equal data."""
    return yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, default_flow_style=None, width=120
    )


class _TooMuchError(Exception):
    def __init__(self, mark: yaml.Mark, text: str) -> None:
        self.mark = mark
        self.text = text


class _Limits:
    """Counts values; raises `_TooMuchError` if they are too many or too deep."""

    def __init__(self) -> None:
        self.count = 0

    def check(self, mark: yaml.Mark, depth: int) -> None:
        self.count += 1
        if self.count > MAX_VALUES:
            text = (
                f"holds more than {MAX_VALUES:,} values; are there aliases of aliases?"
            )
            raise _TooMuchError(mark, text)
        if depth > MAX_DEPTH:
            text = f"is nested more than {MAX_DEPTH} levels deep"
            raise _TooMuchError(mark, text)


class _Reader:
    """Turns nodes into data; collects their places and faults."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.faults: list[Fault] = []
        self.limits = _Limits()

    def convert(self, node: yaml.Node, path: KeyPath, depth: int) -> Any:
        self.limits.check(node.start_mark, depth)
        place = _place(node.start_mark, self.document.source)
        self.document.values[path] = place
        if (problem := _problem(node)) is not None:
            self.faults.append(Fault(place, path, problem))
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.convert(item, (*path, i), depth + 1)
                for i, item in enumerate(node.value)
            ]
        return _scalar(node.tag, node.value)

    def mapping(
        self, node: yaml.MappingNode, path: KeyPath, depth: int
    ) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = _place(key_node.start_mark, self.document.source)
            problem = _problem(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                problem = "a key must be a single word"
            elif key_node.value == "<<":
                problem = "merge keys (<<) are not read; write the keys out"
            if problem is not None:
                self.faults.append(Fault(place, path, problem))
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


def _place(mark: yaml.Mark, source: str) -> Place:
    return Place(source, mark.line + 1, mark.column + 1)


def _problem(node: yaml.Node) -> str | None:
    if node.tag not in _TAGS:
        return f"tags are not read, got {node.tag}"
    if isinstance(node, yaml.ScalarNode) and _UNREADABLE.search(node.value):
        return "holds a character that is no text"
    return None


def _scalar(tag: str, text: str) -> Any:
    match tag:
        case "tag:yaml.org,2002:null":
            return None
        case "tag:yaml.org,2002:bool":
            return text.lower() == "true"
        case "tag:yaml.org,2002:int" if len(text) <= MAX_DIGITS:
            return int(text)
        case "tag:yaml.org,2002:float" | "tag:yaml.org,2002:int":
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        case _:
            return text


def _syntax_fault(error: yaml.MarkedYAMLError, source: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    place = _place(mark, source) if mark else Place(source)
    problem = error.problem or str(error)
    if "'\\t'" in problem:
        return Fault(place, (), "a tab cannot indent YAML; use spaces")
    if "expected a single document" in str(error):
        return Fault(place, (), "a second document begins here")
    for clue, meaning in _MEANINGS.items():
        if clue in str(error):
            problem = meaning
            break
    begun = error.context_mark
    if begun is not None and mark is not None and begun.line < mark.line:
        problem += f"; see from line {begun.line + 1}"
    return Fault(place, (), f"is not YAML: {problem}")


_MEANINGS = {
    "but got '['": "a comma is missing, or a key with [0] inside { } or [ ] needs "
    'quotes: {"layers[0].dropout": 1}',
    "while parsing a flow": "a [ or { is not closed, or a comma is missing",
    "while scanning a quoted scalar": "a quotation mark is not closed",
    "while parsing a block": "this line is indented unlike those above it",
    "'<document start>'": "this line is indented unlike those above it",
    "mapping values are not allowed here": "a colon too many, or a wrong indentation",
    "could not find expected ':'": "a colon is missing, or a wrong indentation",
    "that cannot start any token": "text that begins with @, ` or % must be quoted",
}
"""PyYAML's messages, and what has usually happened."""


def _character_fault(error: yaml.reader.ReaderError, text: str, source: str) -> Fault:
    before = text[: error.position]
    column = error.position - before.rfind("\n")
    place = Place(source, before.count("\n") + 1, column)
    character = f"U+{ord(text[error.position]):04X}"
    return Fault(place, (), f"is not YAML: it may not hold the character {character}")


class _Loader(yaml.SafeLoader):
    """Resolves plain scalars by YAML 1.2's core schema, and never constructs."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML's own name)

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.limits = _Limits()
        self.depth = -1

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose a node; give one with an explicit tag a tag that is refused."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        tag = getattr(event, "tag", None)
        self.depth += 1
        self.limits.check(event.start_mark, self.depth)
        node = super().compose_node(parent, index)
        self.depth -= 1
        if node is not None and tag is not None:
            node.tag = tag.replace(_STANDARD, "!!")
        return node


class _Dumper(yaml.SafeDumper):
    """Quotes text that would be read as a number, here or by YAML 1.1."""


_RESOLVERS = {"null": _NULL, "bool": _BOOL, "int": _INT, "float": _FLOAT}
for _name, _pattern in _RESOLVERS.items():
    _whole = re.compile(rf"^(?:{_pattern.pattern})$")
    _Loader.add_implicit_resolver(_STANDARD + _name, _whole, None)
    _Dumper.add_implicit_resolver(_STANDARD + _name, _whole, None)

_TAGS = {
    f"{_STANDARD}{name}"
    for name in ("null", "bool", "int", "float", "str", "seq", "map")
}
