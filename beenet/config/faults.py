"""Faults of a config: their places, their wording, and hints at what was meant."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from beenet.errors import ConfigError
from beenet.text.terminal import printable
from beenet.text.values import show

KeyPath = tuple[str | int, ...]
"""The position of a value in a config: keys, and list indices from 0."""


@dataclass(frozen=True)
class Place:
    """The source of a value: a file with line and column (from 1), or a flag."""

    source: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        if self.line is None:
            return self.source
        return f"{self.source}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Fault:
    """One broken rule: ``file:line:col: path: rule, got value``."""

    place: Place
    path: KeyPath
    text: str

    def __str__(self) -> str:
        parts = [str(self.place), format_path(self.path), self.text]
        line = ": ".join(part for part in parts if part)
        # A path or a name may hold line breaks or control characters.
        return printable(" ".join(line.splitlines()))


class FaultsError(ConfigError):
    """A config with faults; the message has one line for each."""

    has_place = True

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(
            _told_once(list(faults)),
            key=lambda f: (f.place.source, f.place.line or 0, f.place.column or 0),
        )
        super().__init__("\n".join(str(fault) for fault in self.faults))


def _told_once(faults: list[Fault]) -> list[Fault]:
    """Leave out that a key is required if a misspelling of it is reported."""

    def is_misspelt(key: KeyPath) -> bool:
        hint = f"; did you mean '{key[-1]}'?"
        return any(f.path[:-1] == key[:-1] and f.text.endswith(hint) for f in faults)

    return [f for f in faults if f.text != _REQUIRED or not is_misspelt(f.path)]


def format_path(path: KeyPath) -> str:
    """Return a path as text, such as ``layers[0].conv_2d.nb_filter``."""
    text = "".join(
        f"[{step}]" if isinstance(step, int) else f".{_key(step)}" for step in path
    )
    return text.removeprefix(".")


def _key(step: str) -> str:
    return step if re.fullmatch(r"[^\s.\[\]\"]+", step) else show(step)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?``, or nothing if no known word is close."""
    known = list(known)
    if word.lower() in _DROPPED and "keep_prob" in known:
        return "; keep_prob is the share that is kept, 1 less the share dropped"
    by_lower = {name.lower(): name for name in known}
    for meant in (translate(word), word.lower()):
        if near := difflib.get_close_matches(meant, by_lower, n=1, cutoff=0.6):
            return f"; did you mean '{by_lower[near[0]]}'?"
    return ""


def translate(word: str) -> str:
    """Return TFLearn's name for another library's, in lower case."""
    return _SYNONYMS.get(word.lower(), word.lower())


_SYNONYMS = {
    "acc": "accuracy",
    "add": "elemwise_sum",
    "avg_pool": "avg_pool_2d",
    "avgpool": "avg_pool_2d",
    "bce": "binary_crossentropy",
    "bias_initializer": "bias_init",
    "bn": "batch_normalization",
    "ce": "categorical_crossentropy",
    "concatenate": "concat",
    "conv": "conv_2d",
    "conv1d": "conv_1d",
    "conv2d": "conv_2d",
    "conv3d": "conv_3d",
    "cross_entropy": "categorical_crossentropy",
    "crossentropy": "categorical_crossentropy",
    "dense": "fully_connected",
    "dilation": "rate",
    "fc": "fully_connected",
    "filters": "nb_filter",
    "kernel": "filter_size",
    "kernel_initializer": "weights_init",
    "kernel_regularizer": "regularizer",
    "kernel_size": "filter_size",
    "log_loss": "categorical_crossentropy",
    "lr": "learning_rate",
    "lrelu": "leaky_relu",
    "lrn": "local_response_normalization",
    "max_pool": "max_pool_2d",
    "maxpool": "max_pool_2d",
    "mse": "mean_square",
    "multiply": "elemwise_mul",
    "none": "linear",
    "pool": "max_pool_2d",
    "pool_size": "kernel_size",
    "random_seed": "seed",
    "rnn": "simple_rnn",
}
"""Other libraries' names to TFLearn's."""
_DROPPED = {"rate", "p", "p_dropout", "drop_prob", "dropout_rate"}
"""Other libraries' names of the share that is dropped; TFLearn names the kept one."""


_REQUIRED = "is required"


def word(error: Mapping[str, Any]) -> str:
    """Return one of pydantic's errors as text: rule, value and hint."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return _REQUIRED
    if kind == "beenet":
        return str(error["msg"])
    if kind == "literal_error":
        expected = context["expected"]
        known = re.findall(r"'([^']*)'", expected) or re.findall(r"\d+", expected)
        hint = (
            did_you_mean(error["input"], known)
            if isinstance(error["input"], str)
            else ""
        )
        rule = f"must be one of {', '.join(known)}"
        return f"{rule}, got {show(error['input'])}{hint}"
    bounds = {k: int(v) if _is_round(v) else v for k, v in context.items()}
    # Pydantic's own messages are complete, and may hold the user's braces.
    rule = _RULES[kind].format(**bounds) if kind in _RULES else str(error["msg"])
    return f"{rule}, got {show(error['input'])}"


def _is_round(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


_RULES = {
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "int_from_float": "must be a whole number",
    "int_type": "must be a whole number",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "model_type": "must be a mapping of keys",
    "string_too_short": "must not be empty",
    "string_type": "must be text",
    "string_unicode": "must be UTF-8: rename the folder whose name is not",
    "too_long": "must have at most {max_length} items",
    "too_short": "must have at least {min_length} item",
    "tuple_type": "must be a list, its items after '-' or in [ ]",
}
