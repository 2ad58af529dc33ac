"""The value types of arguments, each with its rule in words."""

import math
import re
from collections.abc import Callable, Sized
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from beenet.text.values import show

LARGEST = 2**31 - 1
"""The largest whole number that TensorFlow accepts as a size."""

Count = Annotated[int, Field(ge=1, le=LARGEST)]
"""A whole number of 1 or more."""

Seed = Annotated[int, Field(ge=0, le=LARGEST)]
"""A whole number of 0 or more that seeds a random generator."""

Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
"""A number from 0 to 1."""

Probability = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
"""A number above 0 and at most 1."""

Number = Annotated[float, Field(allow_inf_nan=False)]
"""A finite number."""

NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
"""A finite number of 0 or more."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
"""A finite number above 0."""


def is_count(value: Any) -> bool:
    """Return whether ``value`` is a whole number of 1 or more."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and 1 <= value <= LARGEST


def rule(text: str, holds: Callable[[Any], bool]) -> BeforeValidator:
    """Return a validator of the rule that ``text`` words; lists become tuples."""

    def check(value: Any) -> Any:
        if not holds(value):
            raise PydanticCustomError("beenet", f"must be {text}, got {show(value)}")
        return tuple(value) if isinstance(value, list) else value

    return BeforeValidator(check)


def _is_list_of_counts(value: Any, length: int | None = None) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) > 0
        and (length is None or len(value) == length)
        and all(map(is_count, value))
    )


def text_like(pattern: str, text: str) -> Any:
    """Return the type of texts that match ``pattern``, which ``text`` words."""
    matches = re.compile(pattern).fullmatch
    matching = rule(text, lambda value: isinstance(value, str) and bool(matches(value)))
    return Annotated[
        str, matching, WithJsonSchema({"type": "string", "pattern": f"^({pattern})$"})
    ]


if TYPE_CHECKING:
    Name = str
else:
    Name = text_like(
        r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*",
        "a name of letters, digits, '_', '.', '-' and '/'",
    )
"""A name that TensorFlow accepts as a scope."""

_count_schema = {"type": "integer", "minimum": 1, "maximum": LARGEST}

_MAX_THREADS = 1024

ThreadsOrAuto = Annotated[
    Literal["auto"] | int,
    rule(
        f"auto, or a whole number from 1 to {_MAX_THREADS:,}",
        lambda value: value == "auto" or (is_count(value) and value <= _MAX_THREADS),
    ),
    WithJsonSchema(
        {"anyOf": [{"const": "auto"}, _count_schema | {"maximum": _MAX_THREADS}]}
    ),
]
"""The number of threads, bounded as too many exhaust a machine; or auto."""


def a_list(length: int) -> Any:
    """Return the field of a tuple that is read from a list of ``length`` or more."""
    return Field(strict=False, json_schema_extra={"minItems": length})


def at_least(length: int, what: str) -> AfterValidator:
    """Return a validator of a list's length: pydantic's own counts only valid items."""

    def check(value: Sized) -> Sized:
        if len(value) < length:
            raise PydanticCustomError("beenet", f"must hold at least {what}")
        return value

    return AfterValidator(check)


def _are_weights(value: Any) -> bool:
    if isinstance(value, dict):
        names, value = list(value), list(value.values())
        if not all(isinstance(name, str) for name in names):
            return False
    if not isinstance(value, list | tuple) or not value:
        return value == "balanced"
    return all(
        isinstance(weight, int | float)
        and not isinstance(weight, bool)
        and 0 < weight < math.inf
        for weight in value
    )


_weight_schema = {"type": "number", "exclusiveMinimum": 0}

ClassWeights = Annotated[
    Literal["balanced"] | dict[str, float] | tuple[float, ...],
    rule(
        "balanced, a mapping of classes to numbers above 0, or a list of such numbers",
        _are_weights,
    ),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": "balanced"},
                {
                    "type": "object",
                    "additionalProperties": _weight_schema,
                    "minProperties": 1,
                },
                {"type": "array", "items": _weight_schema, "minItems": 1},
            ]
        }
    ),
]
"""The weight of each class: balanced, by name, or in one-hot order."""


def _size_rule(sides: int, names: str) -> BeforeValidator:
    return rule(
        f"a whole number of 1 or more, or a list of {names}",
        lambda value: is_count(value) or _is_list_of_counts(value, sides),
    )


def _size_schema(sides: int) -> WithJsonSchema:
    length = {"minItems": sides, "maxItems": sides}
    a_list = {"type": "array", "items": _count_schema, **length}
    return WithJsonSchema({"anyOf": [_count_schema, a_list]})


Size2D = Annotated[
    int | tuple[int, int], _size_rule(2, "two (height, width)"), _size_schema(2)
]
"""A side in pixels, or a list of height and width."""

Size3D = Annotated[
    int | tuple[int, int, int],
    _size_rule(3, "three (depth, height, width)"),
    _size_schema(3),
]
"""A side in voxels, or a list of depth, height and width."""

Shape = Annotated[
    tuple[int, ...],
    rule(
        "a list of whole numbers of 1 or more (the shape of one example)",
        _is_list_of_counts,
    ),
    WithJsonSchema({"type": "array", "items": _count_schema, "minItems": 1}),
]
"""The shape of one example, without the batch."""

BatchShape = Annotated[
    tuple[int, ...],
    rule(
        "a list of -1 (the batch) and then whole numbers of 1 or more",
        lambda value: (
            isinstance(value, list | tuple)
            and len(value) > 1
            and value[0] == -1
            and _is_list_of_counts(value[1:])
        ),
    ),
    WithJsonSchema({"type": "array", "items": {"type": "integer"}, "minItems": 2}),
]
"""A shape that begins with -1, the batch."""


def _without_batch(value: Any) -> Any:
    """Drop the leading null of TFLearn's ``shape=[None, 28, 28, 1]``."""
    return value[1:] if isinstance(value, list) and value[:1] == [None] else value


InputShape = Annotated[Shape, BeforeValidator(_without_batch)]
"""The shape of one example; TFLearn's leading None may be written as null."""


Size2DPair = Annotated[
    tuple[int, int],
    rule(
        "a list of two whole numbers of 1 or more (height, width)",
        lambda value: _is_list_of_counts(value, 2),
    ),
    WithJsonSchema(
        {"type": "array", "items": _count_schema, "minItems": 2, "maxItems": 2}
    ),
]
"""Height and width."""

QuarterTurns = Annotated[
    tuple[int, ...],
    rule(
        "a list of numbers of 90-degree turns, each 0, 1, 2 or 3",
        lambda value: (
            isinstance(value, list | tuple)
            and len(value) > 0
            and all(type(turns) is int and 0 <= turns <= 3 for turns in value)
        ),
    ),
    WithJsonSchema({"type": "array", "items": {"enum": [0, 1, 2, 3]}, "minItems": 1}),
]
"""The numbers of 90-degree turns that an image may be given."""


def _is_number(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value)


NumberOrNumbers = Annotated[
    float | tuple[float, ...],
    rule(
        "a number, or a list of numbers (one for each channel)",
        lambda value: (
            _is_number(value)
            or (
                isinstance(value, list | tuple)
                and len(value) > 0
                and all(map(_is_number, value))
            )
        ),
    ),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number"},
                {"type": "array", "items": {"type": "number"}, "minItems": 1},
            ]
        }
    ),
]
"""A finite number, or one for each channel."""
