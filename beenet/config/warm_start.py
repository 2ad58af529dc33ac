"""``from:``: a saved model whose weights a training starts from."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from beenet.config.structure import Strict
from beenet.config.values import a_list, at_least
from beenet.text.values import show


def _are_names(names: Any) -> Any:
    """Refuse anything but a mapping of their names to ours, each of ours once."""
    if not isinstance(names, dict) or not all(
        isinstance(name, str) and name for pair in names.items() for name in pair
    ):
        rule = "must be a mapping of the file's names to this config's"
        raise PydanticCustomError("beenet", f"{rule}, got {show(names)}")
    twice = [our for our in names.values() if list(names.values()).count(our) > 1]
    if twice:
        raise PydanticCustomError("beenet", f"fills {show(twice[0])} twice")
    return names


_Names = Annotated[
    dict[str, str],
    BeforeValidator(_are_names),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
]


class WarmStart(Strict):
    """A saved model whose weights are taken, layer by layer, where they fit."""

    model: Annotated[str, Field(min_length=1)]
    """A run folder, a `.tfl` or one of its files, relative to this file."""
    names: _Names = Field(default_factory=dict)
    """Layers or variables with other names in that model: its name, then this one's."""
    layers: Annotated[tuple[str, ...], a_list(1), at_least(1, "one layer")] | None = (
        None
    )
    """The layers of this config to load, each of which must fit; null for all that
    fit."""


def _spelled_out(start: Any) -> Any:
    """Read ``runs/a`` as ``{model: runs/a}``."""
    if isinstance(start, str):
        return {"model": start}
    if start is not None and not isinstance(start, dict | WarmStart):
        rule = "must be a saved model, or a mapping with model"
        raise PydanticCustomError("beenet", f"{rule}, got {show(start)}")
    return start


AnyWarmStart = Annotated[WarmStart | None, BeforeValidator(_spelled_out)]
