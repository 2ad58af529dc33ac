"""What a search draws from, in words, and what of it must stay as it is."""

from collections.abc import Sequence
from typing import Any

from beenet.config.points import Choice
from beenet.config.sweep import Range


def in_words(drawn: Range | Sequence[Choice]) -> str:
    """Say what a range or a list holds."""
    if not isinstance(drawn, Range):
        return ", ".join(choice.label for choice in drawn)
    text = f"{drawn.low:g} to {drawn.high:g}"
    if drawn.log:
        return f"{text}, evenly by factors"
    if drawn.step is not None:
        return f"{text} by {drawn.step:g}"
    return f"{text}, whole numbers" if drawn.whole else text


def nature(drawn: Range | Sequence[Choice]) -> str:
    """Say what must stay as it is of what a key is drawn from."""
    if isinstance(drawn, Range):
        return _numbers(drawn.whole, drawn.log)
    return "the list " + ", ".join(choice.label for choice in drawn)


def recorded(distribution: Any) -> str:
    """Say the same of what Optuna remembers to have drawn from."""
    if (choices := getattr(distribution, "choices", None)) is not None:
        return "the list " + ", ".join(choices)
    return _numbers(type(distribution).__name__.startswith("Int"), distribution.log)


def _numbers(whole: bool, log: bool) -> str:
    return ("whole " if whole else "") + "numbers" + (" by factors" if log else "")
