"""One item of ``layers:``, a layer or a repeat, with ``id`` and ``from`` beside it."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from beenet.config.faults import did_you_mean
from beenet.config.functions import ACTIVATIONS
from beenet.config.layers import LAYERS, Layer
from beenet.config.layers.plugins import PLUGINS
from beenet.config.structure import Component, OneOf, table, unparse
from beenet.config.values import Count, a_list, at_least, text_like
from beenet.text.values import show

INPUT = "input"
"""The id of the net's input or, within a repeat, of each turn's input."""

_WORD = r"[A-Za-z_][A-Za-z0-9_-]*"
_Id = text_like(_WORD, "a word of letters, digits, '_' and '-'")


class Repeat(Component):
    """A list of layers written once and built several times, one after the other."""

    yaml_name: ClassVar[str] = "repeat"
    times: Count
    """How often the layers are built."""
    # Quoted as a whole: Python 3.10 does not resolve names inside a tuple's argument.
    layers: "Annotated[tuple[AnyLayerItem, ...], a_list(1), at_least(1, 'one layer')]"
    """The layers of one turn; ids are local to it, and ``input`` is its input."""


LAYER_ITEMS: dict[str, type[Component]] = {**LAYERS, **table(Repeat)}


@dataclass(frozen=True)
class LayerItem:
    """A layer or a repeat, with its ``id`` and ``from``."""

    what: Layer | Repeat
    id: str | None = None
    """The name of its output for a ``from`` below."""
    source: str | tuple[str, ...] | None = None
    """The ids of its inputs; None for the layer above."""


class _ALayerItem(OneOf):
    """`OneOf` with ``id`` and ``from`` beside the name, apart from the arguments."""

    elsewhere: ClassVar[dict[str, str]] = {
        **{
            name: f"; of an activation write - activation: {{activation: {name}}}"
            for name in ACTIVATIONS
            if name != "linear"
        },
        "linear": "; did you mean 'fully_connected'?",
        "add": "; write - merge: {mode: elemwise_sum}, and ids in its from",
        "concatenate": "; write - merge: {mode: concat}, and ids in its from",
        "multiply": "; write - merge: {mode: elemwise_mul}, and ids in its from",
        "regression": "; say optimizer, loss and metric at the top level",
    }

    siblings: ClassVar[dict[str, Any]] = {
        "id": {
            "type": "string",
            "pattern": f"^({_WORD})$",
            "description": "What a 'from' below may call this layer's output.",
        },
        "from": {
            "anyOf": [
                {"type": "string", "pattern": f"^({_WORD})$"},
                {"type": "array", "minItems": 1, "items": {"type": "string"}},
            ],
            "description": "The id of the layer it takes, or a list of ids for merge; "
            "the layer above if not given. 'input' is what comes into the net, or "
            "into this turn of a repeat.",
        },
    }

    def single(self, value: Any) -> dict[str, Any]:
        """Return one known name with its mapping, and the siblings unchanged."""
        if isinstance(value, LayerItem):
            beside = {"id": value.id, "from": value.source}
            beside = {key: given for key, given in beside.items() if given is not None}
            return {**super().single(value.what), **beside}
        if not isinstance(value, dict):
            return super().single(value)
        beside = {key: value[key] for key in self.siblings if key in value}
        named = {key: value[key] for key in value if key not in beside}
        if not named and beside:
            rule = f"must be {self.what}: a name, or one name with its arguments"
            text = f"{rule}, got {' and '.join(beside)} alone"
            raise PydanticCustomError("beenet", text)
        return {**super().single(named), **beside}

    def names(self, value: dict[str, Any]) -> str:
        """Show the keys, with a hint at a misspelt sibling."""
        for key in value:
            if key not in self.table and (near := did_you_mean(key, self.siblings)):
                return f"the names {', '.join(value)}{near}"
        return super().names(value)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Validate as a mapping whose possible keys are all names and siblings."""
        kinds = {**self.table, "id": _Id, "from": None}
        fields = {
            key: core_schema.typed_dict_field(
                core_schema.no_info_plain_validator_function(_source)
                if kind is None
                else handler.generate_schema(kind),
                required=False,
            )
            for key, kind in kinds.items()
        }
        return core_schema.no_info_wrap_validator_function(
            self.choose,
            core_schema.no_info_after_validator_function(
                _step, core_schema.typed_dict_schema(fields)
            ),
            serialization=core_schema.plain_serializer_function_ser_schema(
                unparse_item
            ),
        )


def unparse_item(step: LayerItem) -> Any:
    """Return the plain data that a step is read from."""
    data = unparse(step.what)
    if step.id is None and step.source is None:
        return data
    data = {data: {}} if isinstance(data, str) else dict(data)
    if step.id is not None:
        data["id"] = step.id
    if step.source is not None:
        many = isinstance(step.source, tuple)
        data["from"] = list(step.source) if many else step.source
    return data


def _step(value: dict[str, Any]) -> LayerItem:
    name, source = value.pop("id", None), value.pop("from", None)
    (what,) = value.values()
    return LayerItem(what, name, source)


def _source(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, str):
        return value
    many = isinstance(value, list | tuple) and len(value) > 0
    if not many or not all(isinstance(item, str) for item in value):
        rule = "must be the id of a layer above, or a list of ids"
        raise PydanticCustomError("beenet", f"{rule}, got {show(value)}")
    return tuple(value)


_ALIASES = {"deconv_2d": "upsample_2d"}  # as in TFLearn

AnyLayerItem = Annotated[
    LayerItem, _ALayerItem("a layer", LAYER_ITEMS, _ALIASES, PLUGINS)
]
Repeat.model_rebuild()  # it contains layer items itself
