"""Digests that identify experiments: equal configs, or equal except for the seed."""

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
    """Return a digest that is equal for runs that differ only in their seed.

    It is also independent of the name, the device, the threads, the interval of
    checkpoints, and the path of a user's own data.

    Args:
        config: the run's config.
        hashes: file name to SHA-256 of its data's files.
        begun_with: the SHA-256 of the saved model that it started from, if any.
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
    """Return a digest that is equal for equal configs."""
    return digest(plain(config))


def without_data_path(config: dict[str, Any]) -> dict[str, Any]:
    """Return a config, as plain data, without the path of its data."""
    return config | {"dataset": config["dataset"] | {"path": None}}


def digest(data: Any) -> str:
    """Return a digest of plain data that is independent of the order of keys."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
