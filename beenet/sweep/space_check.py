"""What a search draws from, in words, and what of it must stay as it is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from beenet.config.points import Choice
from beenet.config.sweep import Range
from beenet.errors import SweepError


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


def refuse_changed_space(
    name: str, dimensions: Mapping[str, Range | Sequence[Choice]], trials: Iterable[Any]
) -> None:
    """Refuse a study if its trials cannot be told in a space.

    The ends of ranges may move between two sessions; from other keys, or from a list
    with other values, Optuna cannot go on learning.

    Args:
        name: the sweep's.
        dimensions: what each key is drawn from now.
        trials: the study's.

    Raises:
        SweepError: one was drawn from something else; says from what.
    """
    now = {key: _nature(drawn) for key, drawn in dimensions.items()}
    for trial in trials:
        was = {key: _recorded(d) for key, d in trial.distributions.items()}
        # In line nothing is drawn yet; killed in between, not everything.
        for key in sorted(now | was if trial.state.is_finished() else was):
            if now.get(key) != was.get(key):
                raise SweepError(
                    f"{name} has drawn {key} from {was.get(key, 'nothing')}, and now "
                    f"it is {now.get(key, 'not there')}; only the ends of ranges and "
                    "the number of trials may change: give the sweep another name"
                )


def _nature(drawn: Range | Sequence[Choice]) -> str:
    """Say what must stay as it is of what a key is drawn from."""
    if isinstance(drawn, Range):
        return _numbers(drawn.whole, drawn.log)
    return "the list " + ", ".join(choice.label for choice in drawn)


def _recorded(distribution: Any) -> str:
    """Say the same of what Optuna remembers to have drawn from."""
    if (choices := getattr(distribution, "choices", None)) is not None:
        return "the list " + ", ".join(choices)
    return _numbers(type(distribution).__name__.startswith("Int"), distribution.log)


def _numbers(whole: bool, log: bool) -> str:
    return ("whole " if whole else "") + "numbers" + (" by factors" if log else "")
