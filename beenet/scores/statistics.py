"""Tests and intervals for differences between models: plain numpy and scipy."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ALPHA = 0.05
"""Significance level: below this probability models are said to differ."""


@dataclass(frozen=True)
class PairedTest:
    """The comparison of two models on the same examples."""

    only_first: int
    """Number of examples that the first has right and the second wrong."""
    only_second: int
    """Number of examples that the second has right and the first wrong."""
    p: float
    """Probability of counts at least this uneven if both models were equally good."""

    @property
    def differs(self) -> bool:
        """Whether the difference is significant at `ALPHA`."""
        return self.p < ALPHA


def mcnemar(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> PairedTest:
    """Compare two models on the same examples by McNemar's test, mid-p version.

    Q. McNemar, "Note on the sampling error of the difference between correlated
    proportions or percentages", Psychometrika 12 (1947): only the b + c examples that
    one has right and the other wrong count, and if both are equally good, b is
    binomial with b + c trials and probability 1/2. The two-sided exact p is
    2 P(B <= min(b, c)); mid-p counts the observed value itself by half:
    H. O. Lancaster, "Significance tests in discrete distributions", J. Am. Stat.
    Assoc. 56 (1961); M. W. Fagerland et al., BMC Med. Res. Methodol. 13:91 (2013).

    Args:
        first: whether the first is right, bool [n].
        second: whether the second is right, bool [n].
    """
    b = int(np.count_nonzero(first & ~second))
    c = int(np.count_nonzero(second & ~first))
    return paired(b, c)


def paired(only_first: int, only_second: int) -> PairedTest:
    """Return McNemar's test from the numbers of examples that only one has right."""
    few, n = min(only_first, only_second), only_first + only_second
    if only_first == only_second:
        return PairedTest(only_first, only_second, 1.0)
    from scipy.special import bdtr

    fewer = bdtr(few - 1, n, 0.5) if few else 0.0
    return PairedTest(only_first, only_second, float(fewer + bdtr(few, n, 0.5)))


def mean_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean and its 95 % interval over runs that differ in their seed.

    Student, "The probable error of a mean", Biometrika 6 (1908):
    mean +- t(0.975, m - 1) s / sqrt(m), where s has the divisor m - 1.

    Args:
        values: at least two.
    """
    from scipy.special import stdtrit

    m = len(values)
    mean = math.fsum(values) / m
    variance = math.fsum((value - mean) ** 2 for value in values) / (m - 1)
    spread = float(stdtrit(m - 1, 0.975)) * math.sqrt(variance / m)
    return mean, mean - spread, mean + spread


def group_interval(
    accuracies: Sequence[float], examples: tuple[float, float]
) -> tuple[float, float, float]:
    """Return the mean accuracy of runs, and its 95 % interval over seeds and examples.

    More runs on the same examples are no more examples, so both sources of error
    count: the half-widths of the interval over seeds (`mean_interval`) and of that over
    examples are added in quadrature on each side, as in G. Y. Zou and A. Donner,
    "Construction of confidence limits about effect measures: a general approach",
    Stat. Med. 27 (2008).

    Args:
        accuracies: of at least two runs.
        examples: the interval over examples of an accuracy equal to their mean.
    """
    mean, low, _ = mean_interval(accuracies)
    seeds = mean - low
    below, above = mean - examples[0], examples[1] - mean
    return mean, mean - math.hypot(seeds, below), mean + math.hypot(seeds, above)


@dataclass(frozen=True)
class GroupDifference:
    """How much more accurate one group of runs is than another."""

    low: float
    """Lower end of the interval of the difference, over examples and seeds."""
    high: float
    """Upper end."""
    by_examples: bool
    """Whether the first group is better as far as the examples alone can say."""


def group_difference(
    first: NDArray[np.bool_], second: NDArray[np.bool_], alpha: float = ALPHA
) -> GroupDifference:
    """Compare the accuracies of two groups of runs on the same examples.

    Two things are random: the examples in the split, the same for both groups, and the
    seeds of the runs. The variance of the difference is the sum of their parts: over n
    examples var(d) / n, where d is the difference of the groups' shares of runs that
    have an example right; over a group's m runs var / m of their accuracies. The
    interval is Student's, with the degrees of freedom of
    B. L. Welch, "The generalization of Student's problem when several different
    population variances are involved", Biometrika 34 (1947). A single run has no
    variance of its own, and is given that of the other group.

    Args:
        first: whether each run of the first group has each example right, bool [n, m].
        second: the same for the second group, bool [n, k]; m or k is at least 2.
        alpha: the interval misses the difference with this probability.
    """
    by_example = first.mean(axis=1) - second.mean(axis=1)
    n = len(by_example)
    examples = [(float(by_example.var(ddof=1)) / n, n - 1)] if n > 1 else []
    seeds = _of_seeds(first.mean(axis=0), second.mean(axis=0))
    difference = float(by_example.mean())
    spread = _spread([*examples, *seeds], alpha)
    return GroupDifference(
        low=difference - spread,
        high=difference + spread,
        by_examples=difference > _spread(examples, alpha),
    )


def _spread(parts: Sequence[tuple[float, int]], alpha: float) -> float:
    """Return the half-width of an interval from its variances and their freedom."""
    from scipy.special import stdtrit

    variance = sum(part for part, _ in parts)
    if variance == 0:
        return 0.0
    freedom = variance**2 / sum(part**2 / of for part, of in parts)
    return float(stdtrit(freedom, 1 - alpha / 2)) * math.sqrt(variance)


def _of_seeds(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> list[tuple[float, int]]:
    """Return the seeds' parts of a difference's variance, and degrees of freedom."""
    groups = [group for group in (first, second) if len(group) > 1]
    if len(groups) == 2:
        return [(float(g.var(ddof=1)) / len(g), len(g) - 1) for g in groups]
    [several] = groups
    return [(float(several.var(ddof=1)) * (1 + 1 / len(several)), len(several) - 1)]
