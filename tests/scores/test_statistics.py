"""Statistics, against other ways to reckon the same."""

import numpy as np
import pytest
from scipy import stats

from beenet.scores.statistics import bootstrap, group_difference, mcnemar, mean_interval


def answers(both, first, second, neither):
    """Return two models' hits from how many examples only one has right."""
    pairs = [(1, 1)] * both + [(1, 0)] * first + [(0, 1)] * second + [(0, 0)] * neither
    a, b = np.array(pairs, dtype=bool).T
    return a, b


@pytest.mark.parametrize(("b", "c"), [(0, 1), (3, 9), (9, 3), (10, 25), (400, 480)])
def test_mcnemars_mid_p_is_the_exact_one_less_half_of_what_was_seen(b, c):
    got = mcnemar(*answers(7, b, c, 5))
    exact = stats.binomtest(b, b + c, 0.5).pvalue
    assert (got.only_first, got.only_second) == (b, c)
    assert got.p == pytest.approx(exact - stats.binom.pmf(min(b, c), b + c, 0.5))


def test_equally_many_errors_are_no_difference():
    assert mcnemar(*answers(5, 0, 0, 5)).p == 1
    assert mcnemar(*answers(5, 8, 8, 5)).p == 1


def test_a_difference_is_one_below_a_twentieth():
    assert mcnemar(*answers(100, 0, 6, 0)).differs  # 1/64
    assert not mcnemar(*answers(100, 0, 4, 0)).differs  # 1/16


def test_the_mean_of_seeds_has_students_interval():
    values = [0.91, 0.93, 0.92, 0.96]
    mean, low, high = mean_interval(values)
    expected = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    assert (mean, low, high) == pytest.approx((0.93, *expected))
    assert mean_interval([0.5, 0.5]) == (0.5, 0.5, 0.5)


def test_the_bootstrap_varies_as_a_proportion_does():
    rng = np.random.default_rng(1)
    correct = rng.random((1000, 2)) < [0.9, 0.5]
    drawn = bootstrap(correct)
    share = correct.mean(axis=0)
    assert drawn.mean(axis=0) == pytest.approx(share, abs=0.002)
    assert drawn.std(axis=0) == pytest.approx(
        np.sqrt(share * (1 - share) / 1000), rel=0.1
    )
    assert np.array_equal(drawn, bootstrap(correct))


def test_the_bootstrap_is_paired():
    rng = np.random.default_rng(2)
    first = rng.random(2000) < 0.8
    second = first.copy()
    second[rng.choice(np.flatnonzero(first), 20, replace=False)] = False
    drawn = bootstrap(np.stack([first, second], axis=1))
    low, high = group_difference(drawn[:, :1], drawn[:, 1:])
    # One in a hundred, for certain; two sets drawn apart would differ by +-0.025.
    assert 0.004 < low < 0.01 < high < 0.016


def test_seeds_that_scatter_hide_a_small_difference():
    rng = np.random.default_rng(3)
    tight = rng.random((3000, 4)) < 0.82
    loose = rng.random((3000, 4)) < [0.7, 0.75, 0.85, 0.9]
    drawn = bootstrap(np.hstack([tight, loose]))
    low, high = group_difference(drawn[:, :4], drawn[:, 4:])
    assert low < 0 < high
    low, high = group_difference(drawn[:, :4], drawn[:, 4:5])
    assert low > 0
