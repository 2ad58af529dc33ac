"""Whether a difference between models is more than chance: plain numpy and scipy."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

ALPHA = 0.05
"""Below this probability a difference is called one."""

_DRAWS = 2000
_SEED = 0
_BLOCK = 2**22  # numbers drawn at a time


@dataclass(frozen=True)
class Paired:
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


def mcnemar(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> Paired:
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


def paired(only_first: int, only_second: int) -> Paired:
    """Return McNemar's test of the examples that only one of two models has right."""
    few, n = min(only_first, only_second), only_first + only_second
    if only_first == only_second:
        return Paired(only_first, only_second, 1.0)
    from scipy.special import bdtr

    fewer = bdtr(few - 1, n, 0.5) if few else 0.0
    return Paired(only_first, only_second, float(fewer + bdtr(few, n, 0.5)))


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


def bootstrap(correct: NDArray[Any]) -> NDArray[np.float64]:
    """Return the accuracies of models on test sets that might have been drawn.

    B. Efron, "Bootstrap methods: another look at the jackknife", Ann. Stat. 7 (1979):
    examples are drawn with replacement, the same ones for each model, so that
    differences between models are paired.

    Args:
        correct: whether each model has each example right, bool [n, n_models].

    Returns:
        float64 [draws, n_models].
    """
    n = len(correct)
    values = correct.astype(np.float32)
    rng = np.random.default_rng(_SEED)
    rows = max(1, _BLOCK // n)
    blocks = []
    for start in range(0, _DRAWS, rows):
        count = min(rows, _DRAWS - start)
        drawn = rng.integers(0, n, (count, n)) + np.arange(count)[:, None] * n
        times = np.bincount(drawn.ravel(), minlength=count * n).reshape(count, n)
        blocks.append(times.astype(np.float32) @ values)
    return np.concatenate(blocks).astype(np.float64) / n


def group_difference(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> tuple[float, float]:
    """Return the 95 % interval of how much better one group of runs is than another.

    In each of the bootstrap's drawings the runs of each group are drawn again too, so
    that the interval allows for the examples and for the seeds. Of fewer than about
    five runs a group the seeds' share is underestimated.

    Args:
        first: `bootstrap` of the first group's runs, float64 [draws, m].
        second: of the second's, from the same call, float64 [draws, k].
    """
    rng = np.random.default_rng(_SEED)

    def means(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
        chosen = rng.integers(0, drawn.shape[1], drawn.shape)
        mean: NDArray[np.float64] = np.take_along_axis(drawn, chosen, 1).mean(axis=1)
        return mean

    low, high = np.quantile(means(first) - means(second), [ALPHA / 2, 1 - ALPHA / 2])
    return float(low), float(high)
