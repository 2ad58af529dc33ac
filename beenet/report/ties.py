"""Test which lines of a leaderboard are worse than the best."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beenet.errors import RunError
from beenet.report.lines import Line
from beenet.scores.outcomes import Outcomes
from beenet.scores.statistics import group_difference, mcnemar


@dataclass(frozen=True)
class Verdict:
    """The comparison of a line with the best line of its data set."""

    word: str
    """``best``, ``tie`` (no difference was found), ``worse``, or ``-``: not known."""
    p: float | None = None
    """McNemar's, between two single runs."""
    difference: tuple[float, float] | None = None
    """95 % interval of the best's advantage, if either line has several runs."""


UNKNOWN = Verdict("-")


def verdicts(lines: Sequence[Line], split: str) -> list[Verdict]:
    """Compare the lines of one data set with the best of them, example by example.

    Single runs are compared by McNemar's test, groups of runs by an interval that
    accounts for the examples and for the seeds. There is no correction for multiple
    comparisons: of twenty lines as good as the best, about one is called worse.

    Args:
        lines: of one data set, at least one.
        split: the split that determines the best, and on which lines are compared.
    """
    best = max(range(len(lines)), key=lambda i: lines[i].standings[split].accuracy)
    outcomes = [_outcomes(line, split) for line in lines]
    first = outcomes[best]
    comparable = [
        bool(first and o and first[0].pairs_with(o[0])) and i != best
        for i, o in enumerate(outcomes)
    ]
    found = []
    for i, other in enumerate(outcomes):
        if i == best:
            found.append(Verdict("best"))
        elif not comparable[i]:
            found.append(UNKNOWN)
        elif len(first) + len(other) > 2:
            low, high = group_difference(_correct(first), _correct(other))
            found.append(Verdict("worse" if low > 0 else "tie", None, (low, high)))
        else:
            test = mcnemar(first[0].correct, other[0].correct)
            found.append(Verdict("worse" if test.differs else "tie", test.p))
    return found


def _outcomes(line: Line, split: str) -> list[Outcomes]:
    """Return the outcomes of a line's runs; empty if they are not all comparable."""
    found: list[Outcomes] = []
    for entry in line.entries:
        try:
            outcomes = entry.outcomes(split)
        except RunError:  # damaged: the run's own section of the page says why
            return []
        if outcomes is None or (found and not found[0].pairs_with(outcomes)):
            return []
        found.append(outcomes)
    return found


def _correct(runs: Sequence[Outcomes]) -> NDArray[np.bool_]:
    """Return whether each run has each example right, bool [n, runs]."""
    return np.stack([run.correct for run in runs], axis=1)
