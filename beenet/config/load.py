"""Reads a file and its flags into one `Config`, or raises all their faults."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from yaml import YAMLError

from beenet.config.estimator import OPTIMIZER_CLASSES
from beenet.config.faults import (
    Fault,
    FaultsError,
    KeyPath,
    Place,
    did_you_mean,
    format_path,
    translate,
    word,
)
from beenet.config.model import Config, names_only
from beenet.config.overrides import Change, lost, override
from beenet.config.structure import keys_at, unparse
from beenet.config.yaml_text import MAX_BYTES, Document, dump, parse
from beenet.dataset_json import class_names
from beenet.errors import ConfigError
from beenet.text.words import reason

_NOWHERE = "config"
"""The place of faults of a config that is not from a file."""


@dataclass(frozen=True)
class LoadedConfig:
    """A valid config, and the document with the places of its values."""

    config: Config
    document: Document


class BrokenConfigError(FaultsError):
    """A config that breaks rules, and what is sound of it."""

    def __init__(self, faults: Iterable[Fault], sound: LoadedConfig | None) -> None:
        """Keep both.

        Args:
            faults: the broken rules.
            sound: the config with the faulty keys left at their defaults, in which
                more may be found; None where that is no config.
        """
        super().__init__(faults)
        self.sound = sound


def load_config(path: Path, overrides: Iterable[str | Change] = ()) -> LoadedConfig:
    """Read a config file and apply ``-o`` flags, or a sweep's changes, to it.

    A config without a name takes its file's. A relative ``dataset.path`` or
    ``from.model`` is resolved from the folder of the file that has it, this or a
    sweep's, or from the current one if a flag gave it.

    Raises:
        ConfigError: the file cannot be read.
        FaultsError: it breaks rules; lists each with its place.
    """
    document, faults = parse(read_text(path), str(path))
    return _loaded(document, faults, overrides, path.stem)


def load_mapping(
    data: Mapping[str, Any], overrides: Iterable[str | Change] = ()
) -> LoadedConfig:
    """Read a config from plain data, with the same rules and faults as for a file.

    A relative path is resolved from the current folder.

    Raises:
        ConfigError: it is not plain data.
        FaultsError: it breaks rules; lists each with its key.
    """
    try:
        text = dump(_plain_numbers(dict(data)))
    except YAMLError as error:
        text = str(error.args[-1])
        raise ConfigError(f"config: must be plain data, got {text}") from None
    document, faults = parse(text, _NOWHERE)
    document.forget_lines()  # the user never sees that text
    faults = [document.fault(fault.path, fault.text) for fault in faults]
    return _loaded(document, faults, overrides, None)


def _loaded(
    document: Document,
    faults: list[Fault],
    overrides: Iterable[str | Change],
    name: str | None,
) -> LoadedConfig:
    if not faults:
        _spell_out(document)
        overrides = list(overrides)
        faults = [fault for flag in overrides for fault in override(document, flag)]
        faults += lost(overrides)
    if faults:
        raise FaultsError(faults)
    _spell_out(document)
    if isinstance(document.data, dict):
        if name is not None:
            document.data.setdefault("name", name)
        _anchor(document, ("dataset", "path"))
        _anchor(document, ("from", "model"))
        _name_classes(document.data.get("dataset"))
    return LoadedConfig(structure(document), document)


def structure(document: Document) -> Config:
    """Turn a document into a config.

    Raises:
        FaultsError: it breaks rules; lists all of them.
    """
    if document.data is None:
        raise FaultsError([Fault(Place(document.source, 1, 1), (), "is empty")])
    if not isinstance(document.data, dict):
        kind = "a list" if isinstance(document.data, list) else "a single value"
        text = f"must be a mapping with keys such as dataset and layers, got {kind}"
        raise FaultsError([document.fault((), text)])
    if "base" in document.data and not {"dataset", "layers"} & document.data.keys():
        text = "is a sweep, not a config; beenet sweep FILE --dry-run checks it"
        raise FaultsError([document.fault((), text)])
    try:
        return Config.model_validate(document.data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        faults = [_fault(document, detail) for detail in details]
        raise BrokenConfigError(faults, _sound_part(document, faults)) from None


def _sound_part(document: Document, faults: Iterable[Fault]) -> LoadedConfig | None:
    """Return the config with its faulty keys at their defaults, if that is one."""
    broken = {fault.path[0] for fault in faults if fault.path}
    rest = {key: value for key, value in document.data.items() if key not in broken}
    try:
        config = Config.model_validate({"name": "unnamed", **rest})
    except ValidationError:  # without layers or data there is none
        return None
    return LoadedConfig(config, document)


def dump_config(config: Config) -> str:
    """Write a config as YAML with every default spelled out."""
    return dump(plain(config))


def plain(config: Config) -> dict[str, Any]:
    """Return a config as plain data with every default spelled out.

    `tracking` is left out: it is not part of a run's identity.
    """
    return config.model_dump(mode="json", by_alias=True)


def with_new_defaults(data: dict[str, Any]) -> dict[str, Any]:
    """Return a resolved config of any beenet version, with defaults for newer keys."""
    try:
        return plain(Config.model_validate(data))
    except ValueError:  # not valid in this version: unchanged
        return data


def plain_with_tracking(config: Config) -> dict[str, Any]:
    """Return `plain` data with `tracking`, for another process that trains it."""
    tracking = config.tracking
    return plain(config) | ({"tracking": unparse(tracking)} if tracking else {})


def _plain_numbers(data: Any) -> Any:
    """Return plain data with numpy's numbers converted to Python's."""
    if isinstance(data, dict):
        return {key: _plain_numbers(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain_numbers(value) for value in data]
    is_numpys = type(data).__module__ == "numpy" and getattr(data, "ndim", 1) == 0
    return data.item() if is_numpys else data


def read_text(path: Path) -> str:
    """Return the text of a config file.

    Raises:
        ConfigError: it is missing, too large, or not UTF-8 text.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: {reason(error)}") from None
    if len(data) > MAX_BYTES:
        raise ConfigError(
            f"{path}: is larger than {MAX_BYTES:,} bytes; is it a config?"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path}: is not UTF-8 text (byte {error.start}); is it a config?"
        ) from None


def _fault(document: Document, detail: Any) -> Fault:
    path, kind = tuple(detail["loc"]), detail["type"]
    if kind == "extra_forbidden":
        text = f"is not a known key{_hint(document, path)}"
        return document.fault(path, text, of_key=True)
    text = word(detail)
    if path == ("name",) and path not in document.keys and kind != "missing":
        text = f"is not given, and the file's own name {text}"
    elsewhere = [  # flags, and a sweep's values
        place
        for known, place in document.keys.items()
        if known[:-1] == path and place.source != document.source
    ]
    if elsewhere and isinstance(detail["input"], dict) and kind != "missing":
        return Fault(elsewhere[-1], path, text)
    return document.fault(path, text, of_key=kind == "missing")


def _hint(document: Document, path: KeyPath) -> str:
    """Return where an unknown key belongs, what it may mean, or the known keys."""
    known, word = keys_at(Config, path[:-1]), str(path[-1])
    name, colon, value = word.partition(":")
    if colon and name in known:
        return f"; a space is missing after the colon: {name}: {value}"
    if word in ("id", "from") and path[0] == "layers":
        return f"; it stands beside {path[-2]}, not in it"
    if word in keys_at(Config, ()) and path[:-1]:
        return f"; it belongs at the top level, beside {path[0]}"
    if near := did_you_mean(word, known):
        return near
    key = translate(word)
    optimizer = document.data.get("optimizer", "adam")
    names = optimizer if isinstance(optimizer, dict) else [optimizer]
    homes = [(), ("training",), *(("optimizer", str(n)) for n in names), ("dataset",)]
    for home in homes:
        if key != "name" and key in keys_at(Config, home):
            return f"; did you mean '{format_path((*home, key))}'?"
    return "; known are " + ", ".join(known) if known else "; there are no keys here"


def _spell_out(document: Document) -> None:
    """Expand short forms in a document, so that each key has a single place.

    A bare data set or model becomes a mapping, as does a list of data sets, and an
    optimizer's class name becomes its TFLearn name.
    """
    data = document.data
    if not isinstance(data, dict):
        return
    for part, key in (("dataset", "name"), ("from", "model")):
        if isinstance(data.get(part), str):
            data[part] = {key: data[part]}
    if names_only(names := data.get("dataset")):
        data["dataset"] = {"name": names[0], "plus": names[1:]}
        _move(document, ("dataset", 0), ("dataset", "name"))
        for i in range(1, len(names)):
            _move(document, ("dataset", i), ("dataset", "plus", i - 1))
    optimizer = data.get("optimizer")
    if isinstance(optimizer, str):
        data["optimizer"] = OPTIMIZER_CLASSES.get(optimizer, optimizer)
    elif isinstance(optimizer, dict):
        for name in OPTIMIZER_CLASSES.keys() & optimizer.keys():
            _rename(document, name)


def _move(document: Document, old: KeyPath, new: KeyPath) -> None:
    """Move the place of a value from one path to another."""
    if old in document.values:
        document.values[new] = document.values.pop(old)


def _rename(document: Document, name: str) -> None:
    """Replace an optimizer's class name by its name, unless that is given too."""
    old, new = ("optimizer", name), ("optimizer", OPTIMIZER_CLASSES[name])
    optimizer = document.data["optimizer"]
    if new[1] in optimizer:
        return
    optimizer[new[1]] = optimizer.pop(name)
    for places in (document.values, document.keys):
        for path in [path for path in places if path[:2] == old]:
            places[(*new, *path[2:])] = places.pop(path)


def _anchor(document: Document, key: tuple[str, str]) -> None:
    """Make a path absolute, from the folder of the file that it is written in.

    If it is not from a file but, say, from a flag, from the current folder.
    """
    part = document.data.get(key[0])
    path = part.get(key[1]) if isinstance(part, dict) else None
    if isinstance(path, str) and path:
        place = document.place(key)
        base = Path() if place.line is None else Path(place.source).parent
        part[key[1]] = os.path.abspath(base / os.path.expanduser(path))


def _name_classes(dataset: Any) -> None:
    """Take the class names that `beenet data build` recorded beside the data."""
    path = dataset.get("path") if isinstance(dataset, dict) else None
    if isinstance(path, str) and path and not {"name", "classes"} & dataset.keys():
        names = class_names(Path(path))
        if names is not None:
            dataset["classes"] = names
