"""Test which lines of a leaderboard are worse than the best."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beenet.errors import RunError
from beenet.report.lines import Line
from beenet.scores.outcomes import Outcomes
from beenet.scores.statistics import ALPHA, group_difference, mcnemar


@dataclass(frozen=True)
class Verdict:
    """The comparison of a line with the best line of its data set."""

    word: str
    """``best``, ``worse``, ``tie`` (no difference was found), ``unclear`` (one was, but
    the seeds are too few to confirm it), or ``-``: not known."""
    p: float | None = None
    """McNemar's, between two single runs."""
    difference: tuple[float, float] | None = None
    """Interval of the best's advantage, if either line has several runs."""


UNKNOWN = Verdict("-")


def verdicts(lines: Sequence[Line], split: str) -> list[Verdict]:
    """Compare the lines of one data set with the best of them, example by example.

    Single runs are compared by McNemar's test, groups of runs by an interval that
    accounts for the examples and for the seeds.

    The best is the luckiest of the lines that are equally good, and each other line is
    compared with it. So the 5 % are divided by the number of comparisons (Bonferroni,
    as in J. C. Hsu's multiple comparisons with the best, Ann. Stat. 9, 1981): a line
    that is as good as any other is called worse with a probability of at most 5 %.

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
    alpha = ALPHA / max(1, sum(comparable))
    found = []
    for i, other in enumerate(outcomes):
        if i == best:
            found.append(Verdict("best"))
        elif not comparable[i]:
            found.append(UNKNOWN)
        elif len(first) + len(other) > 2:
            gap = group_difference(_correct(first), _correct(other), alpha)
            word = "unclear" if gap.by_examples else "tie"
            word = "worse" if gap.low > 0 else word
            found.append(Verdict(word, None, (gap.low, gap.high)))
        else:
            test = mcnemar(first[0].correct, other[0].correct)
            found.append(Verdict("worse" if test.p < alpha else "tie", test.p))
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
