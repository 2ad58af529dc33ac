"""Formats values as YAML does, shortened or not, and shapes."""

import json
import math
import re
from typing import Any

_NOT_FINITE = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}


def show(value: Any) -> str:
    """Return a value in YAML's flow style, on one line of bounded length."""
    return brief(spell(value))


def spell(value: Any) -> str:
    """Return a value in YAML's flow style, of any length."""
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else _NOT_FINITE[repr(value)]
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return str(value)


def brief(text: str) -> str:
    """Return a text cut to one line of at most 60 characters."""
    text = re.sub(r"\s+", " ", text)
    return text if len(text) <= 60 else text[:57] + "..."


def show_shape(shape: tuple[int, ...]) -> str:
    """Return a shape as text: ``28x28x1``."""
    return "x".join(map(str, shape)) or "a single number"
