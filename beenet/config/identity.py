"""Which experiments are one and the same, but for chance."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from beenet.config.load import plain
from beenet.config.model import Config

_OF_TRAINING = ("seed", "device", "threads", "checkpoint_every")


def but_for_seed(
    config: Config, hashes: Mapping[str, str], begun_with: str | None = None
) -> str:
    """Return a digest that is the same for runs that differ by their seed alone.

    Nor does it hang on the name, the device, the threads, how often it is saved, and
    where data of one's own lie.

    Args:
        config: the run's.
        hashes: the SHA-256 of its data's files, by their names.
        begun_with: the SHA-256 of the saved model that it was trained on from.
    """
    data = plain(config)
    if begun_with is not None:
        data["begun_with"] = begun_with
    del data["name"]
    if data["dataset"]["path"] is not None:
        data["dataset"]["path"] = digest(dict(hashes))
    for key in _OF_TRAINING:
        del data["training"][key]
    return digest(data)


def config_digest(config: Config) -> str:
    """Return a digest that is the same for configs that say the same."""
    return digest(plain(config))


def without_data_path(config: dict[str, Any]) -> dict[str, Any]:
    """Return a config, as plain data, that does not say where data of its own lie."""
    return config | {"dataset": config["dataset"] | {"path": None}}


def digest(data: Any) -> str:
    """Return a digest of plain data, whatever the order of its keys."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
