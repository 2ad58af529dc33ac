"""The JSON Schema of a config, for editors."""

from typing import Any

from beenet.config.model import Config


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) that editors complete and check by."""
    schema = Config.model_json_schema()
    schema["required"].remove("name")  # a config without one takes its file's
    dataset = schema["properties"]["dataset"]
    names = schema["$defs"]["DatasetConfig"]["properties"]["name"]["anyOf"][0]
    schema["properties"]["dataset"] = {"anyOf": [names, dataset]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "beenet config",
    }
