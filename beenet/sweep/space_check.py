"""Describe a search's ranges and lists, and check that they may be changed so."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from beenet.config.points import Choice
from beenet.config.sweep import Range
from beenet.errors import SweepError


def in_words(drawn: Range | Sequence[Choice]) -> str:
    """Return a range or a list as text."""
    if not isinstance(drawn, Range):
        return ", ".join(choice.label for choice in drawn)
    text = f"{drawn.low:g} to {drawn.high:g}"
    if drawn.log:
        return f"{text}, evenly by factors"
    if drawn.step is not None:
        return f"{text} by {drawn.step:g}"
    return f"{text}, whole numbers" if drawn.whole else text


def refuse_changed_space(
    name: str, dimensions: Mapping[str, Range | Sequence[Choice]], trials: Iterable[Any]
) -> None:
    """Refuse a study whose trials do not fit into a space.

    The ends of ranges may change between two sessions; with other keys, or a list of
    other values, Optuna cannot continue to learn.

    Args:
        name: the sweep's.
        dimensions: the current range or choices of each key.
        trials: the study's.

    Raises:
        SweepError: a trial was drawn from others; the message names them.
    """
    now = {key: _nature(drawn) for key, drawn in dimensions.items()}
    for trial in trials:
        was = {key: _recorded(d) for key, d in trial.distributions.items()}
        # A waiting trial has no values yet; an interrupted one may lack some.
        for key in sorted(now | was if trial.state.is_finished() else was):
            if now.get(key) != was.get(key):
                raise SweepError(
                    f"{name} has drawn {key} from {was.get(key, 'nothing')}, and now "
                    f"it is {now.get(key, 'not there')}; only the ends of ranges and "
                    "the number of trials may change: give the sweep another name"
                )


def _nature(drawn: Range | Sequence[Choice]) -> str:
    """Return the part of a key's range or list that must not change, as text."""
    if isinstance(drawn, Range):
        return _numbers(drawn.whole, drawn.log)
    return "the list " + ", ".join(choice.label for choice in drawn)


def _recorded(distribution: Any) -> str:
    """Return the same for a distribution recorded by Optuna."""
    if (choices := getattr(distribution, "choices", None)) is not None:
        return "the list " + ", ".join(choices)
    return _numbers(type(distribution).__name__.startswith("Int"), distribution.log)


def _numbers(whole: bool, log: bool) -> str:
    return ("whole " if whole else "") + "numbers" + (" by factors" if log else "")
