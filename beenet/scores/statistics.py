"""Whether a difference between models is more than chance: plain numpy and scipy."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ALPHA = 0.05
"""Below this probability a difference is called one."""


@dataclass(frozen=True)
class PairedTest:
    """Two models on the same examples."""

    only_first: int
    """Examples that the first has right and the second wrong."""
    only_second: int
    """Examples that the second has right and the first wrong."""
    p: float
    """Probability of so uneven a pair of counts if both were equally good."""

    @property
    def differs(self) -> bool:
        """Whether the difference is more than chance would give."""
        return self.p < ALPHA


def mcnemar(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> PairedTest:
    """Compare two models on the same examples by McNemar's test, mid-p version.

    Q. McNemar, "Note on the sampling error of the difference between correlated
    proportions or percentages", Psychometrika 12 (1947): only the b + c examples that
    one has right and the other wrong count, and if both are equally good, b is
    binomial with b + c trials and probability 1/2. The two-sided exact p is
    2 P(B <= min(b, c)); mid-p takes half of the weight of what was seen itself:
    H. O. Lancaster, "Significance tests in discrete distributions", J. Am. Stat.
    Assoc. 56 (1961); M. W. Fagerland et al., BMC Med. Res. Methodol. 13:91 (2013).

    Args:
        first: whether the first is right, bool [n].
        second: whether the second is, bool [n].
    """
    b = int(np.count_nonzero(first & ~second))
    c = int(np.count_nonzero(second & ~first))
    return paired(b, c)


def paired(only_first: int, only_second: int) -> PairedTest:
    """Return McNemar's test of the examples that only one of two models has right."""
    few, n = min(only_first, only_second), only_first + only_second
    if only_first == only_second:
        return PairedTest(only_first, only_second, 1.0)
    from scipy.special import bdtr

    fewer = bdtr(few - 1, n, 0.5) if few else 0.0
    return PairedTest(only_first, only_second, float(fewer + bdtr(few, n, 0.5)))


def mean_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean and its 95 % interval over runs that differ by their seed.

    Student, "The probable error of a mean", Biometrika 6 (1908):
    mean +- t(0.975, m - 1) s / sqrt(m), s with m - 1 below the line.

    Args:
        values: at least two.
    """
    from scipy.special import stdtrit

    m = len(values)
    mean = math.fsum(values) / m
    variance = math.fsum((value - mean) ** 2 for value in values) / (m - 1)
    spread = float(stdtrit(m - 1, 0.975)) * math.sqrt(variance / m)
    return mean, mean - spread, mean + spread


def group_difference(
    first: NDArray[np.bool_], second: NDArray[np.bool_]
) -> tuple[float, float]:
    """Return the 95 % interval of how much better one group of runs is than another.

    Two things might have come out otherwise: which examples the split holds, the same
    for both groups, and which seeds the runs began with. The variance of the difference
    is the sum of what each brings: over n examples var(d) / n, d the difference of the
    groups' shares that have an example right; over m runs var / m of their accuracies.
    The interval is Student's, with the degrees of freedom of
    B. L. Welch, "The generalization of Student's problem when several different
    population variances are involved", Biometrika 34 (1947). A single run tells nothing
    of its scatter, and is taken to scatter as those of the other group do.

    Args:
        first: whether each run of the first group has each example right, bool [n, m].
        second: the same of the second, bool [n, k]; one of both has two or more.
    """
    from scipy.special import stdtrit

    by_example = first.mean(axis=1) - second.mean(axis=1)
    n = len(by_example)
    parts = [(float(by_example.var(ddof=1)) / n, n - 1)] if n > 1 else []
    parts += _of_seeds(first.mean(axis=0), second.mean(axis=0))
    difference, variance = float(by_example.mean()), sum(part for part, _ in parts)
    if variance == 0:
        return difference, difference
    freedom = variance**2 / sum(part**2 / of for part, of in parts)
    spread = float(stdtrit(freedom, 1 - ALPHA / 2)) * math.sqrt(variance)
    return difference - spread, difference + spread


def _of_seeds(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> list[tuple[float, int]]:
    """Return the seeds' shares of a difference's variance, and their freedom."""
    groups = [group for group in (first, second) if len(group) > 1]
    if len(groups) == 2:
        return [(float(g.var(ddof=1)) / len(g), len(g) - 1) for g in groups]
    [several] = groups
    return [(float(several.var(ddof=1)) * (1 + 1 / len(several)), len(several) - 1)]
