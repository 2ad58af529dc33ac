"""Figures as small SVG elements for a page, equal for equal numbers."""

import io
import re
from typing import Any
from xml.etree import ElementTree

from beenet.drawing.canvas import lay_out

INK = "#010203"
"""A colour that is replaced by the page's own (``currentColor``)."""

_SVG, _LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_RUN = "run-"
_NUMBER = re.compile(r"-?\d+\.\d+")
_REFERENCE = re.compile(r"#([\w-]+)")
_NO_MATTER = re.compile(r"font-family: [^;]*;? ?|rotate\(-?0 [^)]*\)")
"""Text that is dropped: fonts, because the page has its own, and rotations by 0."""
_EMPTY = {"Creator": None, "Date": None, "Format": None, "Type": None}


def mark_run(line: Any, number: int) -> None:
    """Mark a line with ``data-run``, so that the page can find it."""
    line.set_gid(f"{_RUN}{number}")


def xml_text(text: str) -> str:
    """Return a text with unprintable characters, which XML may forbid, replaced."""
    return "".join(c if c.isprintable() else "?" for c in text)


def svg(figure: Any, label: str, key: str) -> str:
    """Return a figure as an ``<svg>`` element.

    Args:
        figure: from `beenet.drawing.canvas.new_figure`; must be within `style`.
        label: a description for readers who cannot see it.
        key: must be unique on a page, so that the figures' ids differ.
    """
    from matplotlib import rc_context

    lay_out(figure)
    data = io.BytesIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": key}):
        figure.savefig(data, format="svg", metadata=_EMPTY)
    root = ElementTree.fromstring(data.getvalue())
    for name in ("width", "height"):
        root.attrib.pop(name)
    root.set("role", "img")
    root.set("aria-label", xml_text(label))
    # Its <style> would apply to the whole page.
    for parent in root.iter(f"{{{_SVG}}}defs"):
        for child in parent.findall(f"{{{_SVG}}}style"):
            parent.remove(child)
    referred = {
        name
        for element in root.iter()
        for value in element.attrib.values()
        for name in _REFERENCE.findall(value)
    }
    for element in root.iter():
        _shorten(element, referred)
    _unwrap(root)
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _LINK)
    return ElementTree.tostring(root, encoding="unicode")


def _shorten(element: ElementTree.Element, referred: set[str]) -> None:
    """Drop attributes that a page does not need, and digits that no screen shows."""
    name = element.attrib.get("id", "")
    if name.startswith(_RUN):
        element.set("data-run", name.removeprefix(_RUN))
    if name and name not in referred:
        del element.attrib["id"]
    href = element.attrib.pop(f"{{{_LINK}}}href", None)
    if href:
        element.set("href", href)
    for key in ("d", "x", "y", "transform", "style"):
        if key in element.attrib:
            value = " ".join(element.attrib[key].split())
            value = _NO_MATTER.sub("", value.replace(INK, "currentColor"))
            element.set(key, _NUMBER.sub(_rounded, value))
            if not value:
                del element.attrib[key]
    for part in ("text", "tail"):
        if not (getattr(element, part) or "").strip():
            setattr(element, part, None)


def _unwrap(parent: ElementTree.Element) -> None:
    """Replace groups without attributes by their children."""
    children = []
    for child in parent:
        _unwrap(child)
        bare = child.tag == f"{{{_SVG}}}g" and not child.attrib
        children += list(child) if bare else [child]
    parent[:] = children


def _rounded(found: re.Match[str]) -> str:
    return f"{float(found[0]):.1f}".removesuffix(".0")
