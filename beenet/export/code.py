"""Python text as people write it, laid out as formatters lay it out."""

import keyword
import re
from collections.abc import Sequence
from typing import Any

from beenet.text.terminal import printable_line

WIDTH = 88


def literal(value: Any) -> str:
    """Write plain data as Python; texts in double quotes, tuples as lists."""
    if isinstance(value, str):
        text = repr(value)
        quotes = '"' in value or "'" in value
        return text if quotes else f'"{text[1:-1]}"'
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    return repr(value)


def in_docstring(text: str) -> str:
    """Return a text of somebody else's as a docstring may hold it: inert, one line."""
    line = printable_line(" ".join(text.splitlines()))
    return line.replace("\\", "\\\\").replace('"', '\\"')


def bracketed(head: str, items: Sequence[str], tail: str, indent: int) -> list[str]:
    """Return ``head item, item tail`` in as few lines as fit.

    Args:
        head: what stands in front of the items, with the opening bracket.
        items: what is parted by commas.
        tail: the closing bracket.
        indent: spaces in front of the statement.
    """
    pad, inner = " " * indent, " " * (indent + 4)
    joined = ", ".join(items)
    if len(pad + head + joined + tail) <= WIDTH:
        return [pad + head + joined + tail]
    if len(inner + joined) <= WIDTH:
        return [pad + head, inner + joined, pad + tail]
    return [pad + head, *(f"{inner}{item}," for item in items), pad + tail]


def import_lines(module: str, names: Sequence[str], note: str = "") -> list[str]:
    """Return an import of names, sorted; ``note`` is a comment behind it."""
    names = sorted(names)
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return [line + note]
    head = f"from {module} import ({note}"
    return [head, *(f"    {name}," for name in names), ")"]


def identifier(text: str) -> str:
    """Return a lower-case Python name that reads like ``text``."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_").lower()
    if not name or name[0].isdigit():
        name = f"net_{name}" if name else "net"
    return f"{name}_" if keyword.iskeyword(name) else name
