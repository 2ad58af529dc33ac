"""Write Python source text, laid out as by a formatter."""

import keyword
import re
from collections.abc import Sequence
from typing import Any

from beenet.text.terminal import printable_line

WIDTH = 88


def literal(value: Any) -> str:
    """Return plain data as Python source: strings in double quotes, tuples as lists."""
    if isinstance(value, str):
        text = repr(value)
        quotes = '"' in value or "'" in value
        return text if quotes else f'"{text[1:-1]}"'
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    return repr(value)


def in_docstring(text: str) -> str:
    """Return untrusted text escaped for a docstring, in one line."""
    line = printable_line(" ".join(text.splitlines()))
    return line.replace("\\", "\\\\").replace('"', '\\"')


def bracketed(head: str, items: Sequence[str], tail: str, indent: int) -> list[str]:
    """Return ``head item, item tail`` in as few lines as fit.

    Args:
        head: the text before the items, with the opening bracket.
        items: the texts to be separated by commas.
        tail: the closing bracket.
        indent: number of spaces before the statement.
    """
    pad, inner = " " * indent, " " * (indent + 4)
    joined = ", ".join(items)
    if len(pad + head + joined + tail) <= WIDTH:
        return [pad + head + joined + tail]
    if len(inner + joined) <= WIDTH:
        return [pad + head, inner + joined, pad + tail]
    return [pad + head, *(f"{inner}{item}," for item in items), pad + tail]


def import_lines(module: str, names: Sequence[str], note: str = "") -> list[str]:
    """Return an import of names, sorted; ``note`` is a comment appended to it."""
    names = sorted(names)
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return [line + note]
    head = f"from {module} import ({note}"
    return [head, *(f"    {name}," for name in names), ")"]


def identifier(text: str) -> str:
    """Return a lower-case Python identifier similar to ``text``."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_").lower()
    if not name or name[0].isdigit():
        name = f"net_{name}" if name else "net"
    return f"{name}_" if keyword.iskeyword(name) else name
