"""The model of a sweep file: base configs, and the values that are tried on them."""

import math
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError
from typing_extensions import Self

from beenet.config.faults import Fault, FaultsError, did_you_mean, word
from beenet.config.load import read_text
from beenet.config.model import RunName
from beenet.config.structure import Strict, keys_at
from beenet.config.values import LARGEST, Count, Seed, a_list
from beenet.config.yaml_text import Document, parse
from beenet.text.values import show

LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
"""The valid names of a value: they become part of a folder's name."""


def _axis(value: Any) -> Any:
    if isinstance(value, list | dict) and value:
        for name in value if isinstance(value, dict) else ():
            if not LABEL.fullmatch(name):
                text = "a value's name is of letters, digits, '_', '.' and '-', got "
                raise PydanticCustomError("beenet", text + show(name))
        return value
    rule = "must be a list of values, or a mapping of names to values"
    raise PydanticCustomError("beenet", f"{rule}, got {show(value)}")


Axis = Annotated[list[Any] | dict[str, Any], BeforeValidator(_axis)]
"""The values of a key: a list, or a mapping of names to values."""


def _seeds(value: Any) -> Any:
    numbers = value if isinstance(value, list) else [value]
    whole = all(isinstance(n, int) and not isinstance(n, bool) for n in numbers)
    if not numbers or not whole or min(numbers) < (0 if value is numbers else 1):
        rule = "must be how many (1 or more), or a list of seeds (0 or more)"
        raise PydanticCustomError("beenet", f"{rule}, got {show(value)}")
    if value is numbers and max(numbers) > LARGEST:
        text = f"a seed must be at most {LARGEST}, got {max(numbers)}"
        raise PydanticCustomError("beenet", text)
    if len(set(numbers)) < len(numbers):
        raise PydanticCustomError("beenet", f"names a seed twice: {show(value)}")
    return tuple(numbers) if value is numbers else value


def _number(value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value):
        raise PydanticCustomError("beenet", f"must be a number, got {show(value)}")
    return value


End = Annotated[float, PlainValidator(_number), WithJsonSchema({"type": "number"})]
"""A number that stays an integer if it is written as one."""


class Range(Strict):
    """Numbers that a search may draw from."""

    low: End
    """The smallest."""
    high: End
    """The largest."""
    log: bool = False
    """Draw the logarithm evenly: for values that differ by factors, such as learning
    rates."""
    step: End | None = None
    """Only low, low + step, low + 2 step and so on."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.low >= self.high:
            text = f"high must be more than low, got {self.low:g} and {self.high:g}"
            raise PydanticCustomError("beenet", text)
        if self.step is not None and self.step <= 0:
            raise PydanticCustomError("beenet", "step must be more than 0")
        if self.log and (self.low <= 0 or self.step is not None):
            raise PydanticCustomError("beenet", "log needs low above 0, and no step")
        return self

    @property
    def whole(self) -> bool:
        """Whether it is of whole numbers: both ends and the step are integers."""
        return all(
            number is None or isinstance(number, int)
            for number in (self.low, self.high, self.step)
        )


class Values(Strict):
    """Values that a search may choose from."""

    values: Axis
    """A list, or a mapping of names to values."""


def _kind(value: Any) -> str:
    if isinstance(value, Range) or (
        isinstance(value, dict) and {"low", "high"} & {*value}
    ):
        return "Range"
    return "Values"


def _as_values(value: Any) -> Any:
    return value if isinstance(value, Values) else {"values": _axis(value)}


Dimension = Annotated[
    Annotated[Range, Tag("Range")]
    | Annotated[Values, BeforeValidator(_as_values), Tag("Values")],
    Discriminator(_kind),
]
"""The values that a search may choose for a key: as in a matrix, or a range."""


class Search(Strict):
    """A guided search, by Optuna: `pip install 'beenet[sweep]'`."""

    trials: Count
    """Number of points to try."""
    space: Annotated[
        dict[str, Dimension],
        Field(min_length=1),
    ]
    """Dotted keys, each with a list of values, a mapping of names to values, or a range
    (low, high, log, step)."""
    method: Literal["random", "tpe"] = "tpe"
    """How the next point is chosen: at random, or near points that were good so far."""
    prune: Literal["median", "hyperband"] | None = None
    """Stop a trial early that does worse on test than others did; null for never."""
    seed: Seed = 1
    """Fixes the random draws."""
    storage: str | None = None
    """URL of a database that Optuna's storage supports; null for SQLite in the sweep's
    folder."""


def _bases(value: Any) -> Any:
    paths = value if isinstance(value, list) else [value]
    if not paths or not all(isinstance(path, str) and path for path in paths):
        rule = "must be the path of a config, or a list of paths"
        raise PydanticCustomError("beenet", f"{rule}, got {show(value)}")
    return tuple(paths)


Base = Annotated[
    tuple[str, ...],
    BeforeValidator(_bases),
    Field(strict=False),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "string", "minLength": 1},
                },
            ]
        }
    ),
]
"""The paths of one config or several."""


class Sweep(Strict):
    """Values that are tried on one config or several."""

    name: RunName
    """Name of the sweep and of its folder below runs/."""
    base: Base
    """The config, relative to this file, or the name of a shipped one; or a list, which
    becomes an axis of the sweep by the names of the files."""
    set: dict[str, Any] = Field(default_factory=dict)
    """Dotted keys with their values in every trial."""
    matrix: dict[str, Axis] = Field(default_factory=dict)
    """Dotted keys, each with its values; every combination is a point. Keys separated
    by commas get the same value."""
    exclude: Annotated[tuple[dict[str, Any], ...], a_list(0)] = ()
    """Points that are left out: all that have these values."""
    include: Annotated[tuple[dict[str, Any], ...], a_list(0)] = ()
    """Additional points: dotted keys with a value each."""
    seeds: Annotated[
        int | Annotated[tuple[Seed, ...], Field(strict=False)], BeforeValidator(_seeds)
    ] = 1
    """Number of trainings of each point, from the base's seed upwards; or the seeds."""
    search: Search | None = None
    """A search for points, in place of a matrix."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.search and len(self.base) > 1:
            text = "has a search and several configs to begin with; name one"
            raise PydanticCustomError("beenet", text)
        if self.search and (self.matrix or self.exclude or self.include):
            text = "has a search and a matrix, exclude or include; only one may stand"
            raise PydanticCustomError("beenet", text)
        if self.search and self.seeds != 1:
            text = "has a search and seeds; a search trains each point once"
            raise PydanticCustomError("beenet", text)
        return self


def load_sweep(path: Path) -> tuple[Sweep, Document]:
    """Read a sweep file.

    Raises:
        ConfigError: the file cannot be read.
        FaultsError: it breaks rules; lists each with its place.
    """
    document, faults = parse(read_text(path), str(path))
    if not faults and not isinstance(document.data, dict):
        faults = [document.fault((), "must be a mapping with keys such as base")]
    elif not faults and "layers" in document.data and "base" not in document.data:
        text = f"is a config, not a sweep; beenet train {path} trains it"
        faults = [document.fault((), text)]
    if faults:
        raise FaultsError(faults)
    document.data.setdefault("name", path.stem)
    try:
        return Sweep.model_validate(document.data), document
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise FaultsError(_fault(document, detail) for detail in details) from None


def _fault(document: Document, detail: Any) -> Fault:
    path, kind = tuple(detail["loc"]), detail["type"]
    # Pydantic's names for the branches of a union are not in the file.
    path = tuple(step for step in path if step not in ("Values", "Range"))
    if kind == "extra_forbidden":
        known = keys_at(Sweep, path[:-1])
        near = did_you_mean(str(path[-1]), known)
        hint = near or (f"; known are {', '.join(known)}" if known else "")
        return document.fault(path, f"is not a known key{hint}", of_key=True)
    text = word(detail)
    if path == ("name",) and path not in document.keys:
        text = f"is not given, and the file's own name {text}"
    return document.fault(path, text, of_key=kind == "missing")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a sweep, for editors."""
    schema = Sweep.model_json_schema()
    schema["required"].remove("name")  # a sweep without one takes its file's
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "beenet sweep",
    }


def label_of(value: Any) -> str:
    """Return a value as text that is valid in a folder's name."""
    if isinstance(value, dict):
        parts = [part for item in value.items() for part in item if part != {}]
        return "-".join(label_of(part) for part in parts if part is not None)
    if isinstance(value, list):
        return "-".join(map(label_of, value))
    text = value if isinstance(value, str) else show(value)
    if isinstance(value, float) and math.isfinite(value):
        text = f"{value:g}" if float(f"{value:g}") == value else text
        text = text.replace("e+", "e")
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text)
