"""Formats plain data as standard JSON, without NaN and infinity."""

import json
import math
from typing import Any


def json_text(data: Any) -> str:
    """Return plain data as JSON, indented, with non-ASCII letters unescaped.

    NaN and infinity become null, because JSON cannot represent them.
    """
    return json.dumps(finite(data), indent=2, ensure_ascii=False, allow_nan=False)


def finite(data: Any) -> Any:
    """Return plain data with None for each float that is NaN or infinite."""
    if isinstance(data, dict):
        return {key: finite(part) for key, part in data.items()}
    if isinstance(data, list | tuple):
        return [finite(part) for part in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
