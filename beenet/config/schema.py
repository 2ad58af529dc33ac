"""The JSON Schema of a config, for editors."""

from typing import Any

from beenet.config.model import Config
from beenet.config.structure import Component, OneOf


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) for completion and checks in editors.

    It has one spelling of each name, while `load_config` also accepts ``SGD`` and
    ``BEE_4``.
    """
    schema = Config.model_json_schema()
    schema["required"].remove("name")  # a config without one takes its file's
    dataset = schema["properties"]["dataset"]
    names = schema["$defs"]["DatasetConfig"]["properties"]["name"]["anyOf"][0]
    several = {"type": "array", "items": names, "minItems": 2}
    schema["properties"]["dataset"] = {"anyOf": [names, several, dataset]}
    schema["properties"]["from"]["anyOf"].insert(0, {"type": "string", "minLength": 1})
    definitions = schema.pop("$defs")
    for name, model in list(definitions.items()):
        definitions[name] = _link(model, definitions)
    linked = _link(schema, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **linked,
        "title": "beenet config",
        "$defs": dict(sorted(definitions.items())),
    }


def _link(node: Any, definitions: dict[str, Any]) -> Any:
    """Replace each `OneOf` in ``node`` by a link to its entry in ``definitions``."""
    if isinstance(node, list):
        return [_link(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    linked = {key: _link(value, definitions) for key, value in node.items()}
    choice = linked.pop("one_of", None)
    if isinstance(choice, OneOf):
        kind = choice.what.split()[-1]
        linked["$ref"] = f"#/$defs/{kind}"
        if kind not in definitions:
            definitions[kind] = {}  # set first, because a choice may contain itself
            definitions[kind] = _describe(choice, definitions)
    return linked


def _describe(choice: OneOf, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a choice: bare names without required keys, or a mapping."""
    table = {**choice.table, **choice.plugins}
    bare = [name for name, model in table.items() if not _needs(model)]
    models = {
        name: _link(model.model_json_schema(), definitions)
        for name, model in table.items()
    }
    mapping: dict[str, Any] = {
        "type": "object",
        "properties": {
            **{
                name: {"anyOf": [model, {"type": "null"}]} if name in bare else model
                for name, model in models.items()
            },
            **choice.siblings,
        },
        "additionalProperties": False,
    }
    if choice.siblings:
        mapping["oneOf"] = [{"required": [name]} for name in models]
    else:
        mapping |= {"minProperties": 1, "maxProperties": 1}
    return {"anyOf": [{"enum": bare}, mapping]}


def _needs(model: type[Component]) -> bool:
    return any(field.is_required() for field in model.model_fields.values())
