"""A file, its text, and the flags become one `Config`, or all their faults."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from beenet.config.faults import Fault, FaultsError, Place, did_you_mean, word
from beenet.config.model import Config
from beenet.config.overrides import override
from beenet.config.structure import keys_at
from beenet.config.text import MAX_BYTES, Document, dump, parse
from beenet.errors import ConfigError


@dataclass(frozen=True)
class LoadedConfig:
    """A valid config, and the document that says where its values stand."""

    config: Config
    document: Document


def load_config(path: Path, overrides: Iterable[str] = ()) -> LoadedConfig:
    """Read a config file and apply ``-o`` flags to it.

    A config without a name takes its file's. A relative ``dataset.path`` counts
    from the file's folder, or from the current one if a flag gave it.

    Raises:
        ConfigError: the file cannot be read.
        FaultsError: it breaks rules; says each of them with its place.
    """
    document, faults = parse(read_text(path), str(path))
    if not faults:
        faults = [fault for flag in overrides for fault in override(document, flag)]
    if faults:
        raise FaultsError(faults)
    if isinstance(document.data, dict):
        document.data.setdefault("name", path.stem)
        _anchor_dataset(document, path.parent)
    return LoadedConfig(structure(document), document)


def structure(document: Document) -> Config:
    """Turn a document into a config.

    Raises:
        FaultsError: all the rules that it breaks.
    """
    if document.data is None:
        raise FaultsError([Fault(Place(document.source, 1, 1), (), "is empty")])
    if not isinstance(document.data, dict):
        kind = "a list" if isinstance(document.data, list) else "a single value"
        text = f"must be a mapping with keys such as dataset and layers, got {kind}"
        raise FaultsError([document.fault((), text)])
    try:
        return Config.model_validate(document.data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise FaultsError(_fault(document, detail) for detail in details) from None


def dump_config(config: Config) -> str:
    """Write a config as YAML with every default spelled out."""
    return dump(plain(config))


def plain(config: Config) -> dict[str, Any]:
    """Return a config as plain data with every default spelled out."""
    return config.model_dump(mode="json")


def read_text(path: Path) -> str:
    """Return the text of a config file.

    Raises:
        ConfigError: it is missing, too large, or not UTF-8 text.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path}: is not UTF-8 text (byte {error.start}); is it a config?"
        ) from None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from None
    if len(data) > MAX_BYTES:
        raise ConfigError(
            f"{path}: is larger than {MAX_BYTES:,} bytes; is it a config?"
        )
    return text


def _fault(document: Document, detail: Any) -> Fault:
    path = tuple(detail["loc"])
    if detail["type"] != "extra_forbidden":
        return document.fault(path, word(detail), of_key=detail["type"] == "missing")
    known = keys_at(Config, path[:-1])
    hint = did_you_mean(str(path[-1]), known)
    text = f"is not a known key{hint or '; known are ' + ', '.join(known)}"
    return document.fault(path, text, of_key=True)


def _anchor_dataset(document: Document, folder: Path) -> None:
    dataset = document.data.get("dataset")
    if not isinstance(dataset, dict) or not isinstance(dataset.get("path"), str):
        return
    by_flag = document.place(("dataset", "path")).line is None
    base = Path() if by_flag else folder
    dataset["path"] = os.path.abspath(base / Path(dataset["path"]).expanduser())
