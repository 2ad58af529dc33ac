"""metrics.json: what a finished run scores, read back and checked."""

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from beenet.config.faults import show
from beenet.errors import RunError
from beenet.registry import SPLITS
from beenet.system.plain_files import read_json
from beenet.text.words import reason

METRICS_FORMAT = 1
"""Raised whenever another beenet could misread metrics.json."""

_MOST = 2**53
"""Beyond this, counts are no longer whole numbers everywhere."""


def read_run_metrics(path: Path) -> dict[str, Any]:
    """Return metrics.json, of which every reader may trust keys and types.

    Raises:
        RunError: it cannot be read, another version of beenet wrote it, or it is not
            what a run writes; names the key.
    """
    try:
        data = read_json(path)
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read: {reason(error)}") from None
    if not isinstance(data, dict):
        raise RunError(f"{path} is not a run's metrics")
    if (found := data.get("format", METRICS_FORMAT)) != METRICS_FORMAT:
        raise RunError(
            f"{path} has format {show(found)}, this beenet reads "
            f"{METRICS_FORMAT}; use the beenet that wrote it"
        )
    if (key := next(_faults(data), None)) is not None:
        raise RunError(
            f"{path} is not a run's metrics: its {key} is missing or cannot be; train "
            "the run again with --overwrite, or move it away"
        )
    return data


def final_scores(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Return the scores of metrics.json as ``final/<split>/<score>``."""
    return {
        f"final/{split}/{score}": float(scores[score])
        for split, scores in metrics["splits"].items()
        for score in ("accuracy", "loss")
    }


Check = Callable[[Any], bool]


def _text(value: Any) -> bool:
    """Whether it is text; JSON can hold halves of letters, which no file can."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _count(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value <= _MOST


def _number(value: Any) -> bool:
    """Whether it is a number; a loss may be infinite, if the net is sure of errors."""
    return isinstance(value, float) or _count(value)


def _amount(value: Any) -> bool:
    return _number(value) and math.isfinite(value) and value >= 0


def _share(value: Any) -> bool:
    return _amount(value) and value <= 1


def _or_none(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _interval(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_share, value))


_RUN: dict[str, Check] = {
    "name": _text,
    "dataset": _text,
    "epochs": _count,
    "steps": _count,
    "seconds": _amount,
    "splits": lambda value: isinstance(value, dict) and set(value) == set(SPLITS),
}
_OF_SOME_RUNS: dict[str, Check] = {
    "but_for_seed": _or_none(_text),
    "data": _or_none(_text),
    "seed": _or_none(_count),
    "synthetic": _or_none(lambda value: isinstance(value, bool)),
    "stopped_early": _or_none(lambda value: isinstance(value, bool)),
    "best_epoch": _or_none(_count),
}
_SPLIT: dict[str, Check] = {
    "n": lambda value: _count(value) and value > 0,
    "accuracy": _share,
    "interval": _interval,
    "baseline": _share,
    "majority": _text,
    "loss": _number,
    "classes": lambda value: isinstance(value, list) and bool(value),
}
_CLASS: dict[str, Check] = {
    "name": _text,
    "support": _count,
    "predicted": _count,
    "precision": _or_none(_share),
    "recall": _or_none(_share),
    "f1": _or_none(_share),
}


def _faults(metrics: Mapping[str, Any]) -> Iterator[str]:
    """Yield the dotted key of what no run writes; only the first can be trusted."""
    yield from _unlike(metrics, _RUN, "")
    told = {key: check for key, check in _OF_SOME_RUNS.items() if key in metrics}
    yield from _unlike(metrics, told, "")
    for split in SPLITS:
        yield from _split_faults(metrics["splits"][split], f"splits.{split}")


def _split_faults(scores: Any, key: str) -> Iterator[str]:
    yield from _unlike(scores, _SPLIT, f"{key}.")
    for number, score in enumerate(scores["classes"]):
        yield from _unlike(score, _CLASS, f"{key}.classes.{number}.")
    square, side = scores.get("confusion"), len(scores["classes"])
    rows = square if isinstance(square, list) else []
    if len(rows) != side or not all(
        isinstance(row, list) and len(row) == side and all(map(_count, row))
        for row in rows
    ):
        yield f"{key}.confusion"


def _unlike(found: Any, checks: Mapping[str, Check], above: str) -> Iterator[str]:
    if not isinstance(found, dict):
        yield above.removesuffix(".")
        return
    for key, check in checks.items():
        if not check(found.get(key)):
            yield f"{above}{key}"
