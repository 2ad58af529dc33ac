"""Options and parameter types shared by several commands."""

from __future__ import annotations

import contextlib
import math
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beenet import registry, shipped
from beenet.cli import completing
from beenet.errors import DatasetError
from beenet.registry import SPLITS
from beenet.text.terminal import escaped

if TYPE_CHECKING:
    from beenet.config import Config

FOLDER = click.Path(file_okay=False, path_type=Path)


class _ConfigFile(click.Path):
    """A config file, or the name of a shipped one."""

    def convert(self, value: Any, param: Any, context: Any) -> Any:
        """Accept an existing file; or else the shipped config of that name."""
        given = os.fspath(value)
        if not os.path.exists(given) and (found := shipped.find(given)):
            return found
        known = os.path.isfile if not self.dir_okay else os.path.exists
        is_there = known(given) or os.path.exists(f"{given}.index")
        if not is_there and (hint := self.hint(given)):
            self.fail(hint, param, context)
        return super().convert(value, param, context)

    def hint(self, given: str) -> str | None:
        """Return a hint for a value that is not a file, if there is one."""
        if not os.path.exists(given) and (near := shipped.most_like(given)):
            return f"File {given!r} does not exist; did you mean {near!r}?"
        return None


class _TrainingConfig(_ConfigFile):
    """A config of a training, not of a sweep or a model."""

    def hint(self, given: str) -> str | None:
        """Return a hint also for a run's folder and for a data set's name."""
        if os.path.exists(own := os.path.join(given, "config.yaml")):
            return f"{given!r} is a run's folder; its config is {own}"
        if not os.path.exists(given) and (name := _data_set(given)):
            return (
                f"{name} is a data set, not a config; `beenet configs` lists those "
                f"that come along, `beenet init {name}` writes a first one"
            )
        return super().hint(given)


def _data_set(name: str) -> str | None:
    """Return a data set's name in the registry; None if it is unknown."""
    try:
        return registry.find(name).name
    except DatasetError:
        return None


class _Run(click.Path):
    """An existing run: its folder, a file in it, or its `.tfl`."""

    def convert(self, value: Any, param: Any, context: Any) -> Any:
        """Accept the prefix of a model's files, and replace it by one of them."""
        given = os.fspath(value)
        if not os.path.exists(given) and os.path.exists(f"{given}.index"):
            value = f"{given}.index"
        return super().convert(value, param, context)


def check_model(path: Path) -> None:
    """Refuse a missing model before TensorFlow is loaded to open it.

    Raises:
        NetworkError: it does not exist.
    """
    from beenet.runs.find_model import find_model

    find_model(path)


class _NewFile(click.Path):
    """A file to be written: checked before the work is done, not after."""

    def __init__(self, begins: bytes, kind: str) -> None:
        """Create it; an existing file is replaced only if it is of this kind.

        Args:
            begins: the first bytes of every file of this kind, in lower case.
            kind: its name in messages.
        """
        super().__init__(dir_okay=False, writable=True, path_type=Path)
        self._begins, self._kind = begins, kind

    def convert(self, value: Any, param: Any, context: Any) -> Any:
        """Accept a path in a writable folder."""
        if value == "-":
            self.fail("is written to a file; name one", param, context)
        path = super().convert(value, param, context)
        folder = os.path.dirname(path) or os.curdir
        if not os.path.isdir(folder):
            self.fail(f"there is no folder {folder!r} to write into", param, context)
        if not os.access(folder, os.W_OK):
            self.fail(f"the folder {folder!r} cannot be written to", param, context)
        if not self._replaceable(Path(os.fsdecode(path))):
            text = f"{os.fsdecode(path)!r} is there already, and is no {self._kind}"
            self.fail(f"{text}; choose another name", param, context)
        return path

    def _replaceable(self, path: Path) -> bool:
        with contextlib.suppress(OSError):  # missing, or reported when it is written
            if path.is_file() and path.stat().st_size:
                with path.open("rb") as file:
                    return file.read(len(self._begins)).lower() == self._begins
        return True


NEW_PAGE = _NewFile(b"<!doctype html", "page")
NEW_PICTURE = _NewFile(b"\x89png", "PNG picture")
RUN = _Run(exists=True, path_type=Path)
CONFIG = _TrainingConfig(exists=True, dir_okay=False, path_type=Path)
SWEEP = _ConfigFile(exists=True, dir_okay=False, path_type=Path)
CONFIG_OR_MODEL = _ConfigFile(path_type=Path)

config_argument = click.argument(
    "config", type=CONFIG, shell_complete=completing.configs
)
override_option = click.option(
    "-o",
    "overrides",
    metavar="KEY=VALUE",
    multiple=True,
    help="Set a value of the config, such as training.epochs=5. Repeatable.",
)


def _names(
    context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """Parse ``OLD=NEW`` flags as a mapping."""
    pairs = [text.partition("=") for text in given]
    for text, (old, _, new) in zip(given, pairs, strict=True):
        if not old or not new:
            raise click.BadParameter(f"must be OLD=NEW, got {text!r}")
    return {old: new for old, _, new in pairs}


rename_option = click.option(
    "--rename",
    "names",
    metavar="OLD=NEW",
    multiple=True,
    callback=_names,
    help="The file's layer OLD is the config's NEW. Repeatable.",
)


def _class_names(
    context: click.Context, parameter: click.Parameter, given: str | None
) -> tuple[str, ...] | None:
    """Parse ``A,B`` as names."""
    if given is None:
        return None
    names = tuple(name.strip() for name in given.split(","))
    plain = all(name and name.isprintable() for name in names)
    if not plain or len(set(names)) < len(names):
        raise click.BadParameter(f"must be names like BEE,NO_BEE, got {given!r}")
    return names


classes_option = click.option(
    "--classes",
    metavar="A,B,...",
    callback=_class_names,
    help="Class names, in one-hot order, for data that come without them.",
)
config_option = click.option(
    "--config",
    "config_file",
    type=CONFIG,
    shell_complete=completing.configs,
    help="How to build a model that has no sidecar.",
)


def read_config(file: Path | None) -> Config | None:
    """Read the file of `--config` before TensorFlow is loaded: faults show early."""
    if file is None:
        return None
    from beenet.config import load_config

    return load_config(file).config


def echo_csv(text: str) -> None:
    """Print lines of CSV; on a terminal, with control characters escaped."""
    if sys.stdout.isatty():
        text = "\n".join(map(escaped, text.split("\n")))
    click.echo(text, nl=False)


def terminal_width() -> int | None:
    """Return the width of stdout's terminal; None if it is not a terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


model_argument = click.argument(
    "model", type=click.Path(path_type=Path), shell_complete=completing.models
)
data_dir_option = click.option(
    "--data-dir",
    type=FOLDER,
    help="Where data sets are installed. [default: BEENET_DATA, or the user's folder]",
)


def _device(
    context: click.Context, parameter: click.Parameter, given: str | None
) -> str | None:
    if given is not None:
        from beenet.config.model import DEVICE, DEVICE_WORDS

        if not re.fullmatch(DEVICE, given):
            raise click.BadParameter(f"must be {DEVICE_WORDS}, got {given!r}")
    return given


device_option = click.option(
    "--device", metavar="DEVICE", callback=_device, help="auto, cpu, gpu or gpu:N."
)
runs_option = click.option(
    "--runs",
    type=FOLDER,
    default=Path("runs"),
    show_default=True,
    help="The folder of runs.",
)
quiet_option = click.option(
    "-q", "--quiet", is_flag=True, help="Print results and errors only."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
csv_option = click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
channels_option = click.option(
    "--channels",
    type=click.Choice(["gray", "bgr", "rgb"]),
    help="Order of a picture's colours. [default: as in the data set]",
)


def no_nan(
    context: click.Context, parameter: click.Parameter, given: float | None
) -> float | None:
    """Refuse NaN, which every range of numbers accepts."""
    if given is not None and math.isnan(given):
        raise click.BadParameter("must be a number, got nan")
    return given


seconds_option = click.option(
    "--seconds",
    type=click.FloatRange(0.001, 3600),
    callback=no_nan,
    help="Length of a recording's windows. [default: as in the data set, or 2]",
)
split_option = click.option(
    "--split",
    type=click.Choice(SPLITS),
    default="valid",
    show_default=True,
    help="train is fitted, test is watched in training, valid is held out.",
)
