"""Values as text: as YAML writes them, shortened, and shapes."""

import json
import math
import re
from typing import Any

_NOT_FINITE = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}


def show(value: Any) -> str:
    """Show a value as YAML's flow style would, on one line of bounded length."""
    return brief(spell(value))


def spell(value: Any) -> str:
    """Write a value as YAML's flow style would, however long."""
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else _NOT_FINITE[repr(value)]
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return str(value)


def brief(text: str) -> str:
    """Cut a text to one line of bounded length."""
    text = re.sub(r"\s+", " ", text)
    return text if len(text) <= 60 else text[:57] + "..."


def show_shape(shape: tuple[int, ...]) -> str:
    """Write a shape as people do: ``28x28x1``."""
    return "x".join(map(str, shape)) or "a single number"
