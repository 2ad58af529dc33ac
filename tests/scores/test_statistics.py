"""Statistics, against other ways to reckon the same."""

import numpy as np
import pytest
from scipy import stats

from beenet.scores.metrics import wilson_interval
from beenet.scores.statistics import (
    ALPHA,
    group_difference,
    group_interval,
    mcnemar,
    mean_interval,
)


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


def ends(first, second):
    """Return the ends of the interval of the difference of two groups."""
    found = group_difference(first, second)
    return found.low, found.high


def test_more_seeds_are_no_more_examples():
    few = wilson_interval(80, 100)
    mean, low, high = group_interval([0.8, 0.8, 0.8], few)
    assert (mean, low, high) == pytest.approx((0.8, *few))
    # With examples without end what is left is Student's interval over the seeds.
    values = [0.91, 0.93, 0.92, 0.96]
    assert group_interval(values, (0.93, 0.93)) == pytest.approx(mean_interval(values))
    mean, low, high = group_interval([0.7, 0.9], few)
    assert high - mean > 0.9  # two seeds that disagree tell next to nothing


def test_the_interval_of_several_runs_holds_the_accuracy():
    """Of examples and seeds that are both drawn anew, 95 % of intervals hold it."""
    rng, n, missed, times = np.random.default_rng(6), 300, 0, 1000
    for _ in range(times):
        runs = [rng.binomial(n, p) / n for p in rng.normal(0.8, 0.03, 4)]
        examples = wilson_interval(np.mean(runs) * n, n)
        _, low, high = group_interval(runs, examples)
        missed += not low <= 0.8 <= high
    assert missed / times < 0.06


def test_of_many_equal_nets_few_are_called_worse():
    rng, times, lines, wrong = np.random.default_rng(7), 100, 20, 0
    for _ in range(times):
        hard = rng.random(1000)[:, None]  # nets stumble over the same examples
        right = rng.random((1000, lines)) < 0.5 + 0.5 * hard
        best = right.sum(axis=0).argmax()
        alpha = ALPHA / (lines - 1)
        tests = [mcnemar(right[:, best], net) for net in np.delete(right, best, 1).T]
        wrong += sum(test.p < alpha for test in tests)
    assert wrong / (times * (lines - 1)) < 0.05
    assert wrong  # or the test would prove nothing


def drawn(rng, n, accuracies):
    """Return runs of some accuracies, each wrong by chance of its own: bool [n, m]."""
    return rng.random((n, len(accuracies))) < accuracies


def test_a_difference_on_the_same_examples_is_seen_sharply():
    rng = np.random.default_rng(2)
    first = np.repeat(drawn(rng, 2000, [0.8]), 4, axis=1)
    for run in first.T:  # each has some of its own wrong
        run[rng.choice(np.flatnonzero(run), rng.integers(3, 7), replace=False)] = False
    second = first.copy()
    second[rng.choice(np.flatnonzero(first.all(axis=1)), 20, replace=False)] = False
    low, high = ends(first, second)
    # One in a hundred, for certain; two sets drawn apart would differ by +-0.025.
    assert 0.004 < low < 0.01 < high < 0.016


def test_without_scatter_of_seeds_it_is_the_paired_interval():
    rng = np.random.default_rng(4)
    one, other = drawn(rng, 500, [0.8, 0.7]).T
    first, second = np.stack([one] * 3, axis=1), np.stack([other] * 2, axis=1)
    d = one.astype(float) - other
    expected = stats.t.interval(0.95, 499, d.mean(), stats.sem(d))
    assert ends(first, second) == pytest.approx(expected)


def test_without_noise_of_examples_it_is_welchs_interval():
    n, right = 10_000, ([9000, 9100, 9050], [8800, 9060])
    groups = [np.stack([np.arange(n) < k for k in of], axis=1) for of in right]
    low, high = ends(*groups)
    a, b = (np.array(of) / n for of in right)
    seeds = np.array([a.var(ddof=1) / 3, b.var(ddof=1) / 2])
    examples = (groups[0].mean(axis=1) - groups[1].mean(axis=1)).var(ddof=1) / n
    parts, freedom = np.array([*seeds, examples]), np.array([2, 1, n - 1])
    df = parts.sum() ** 2 / (parts**2 / freedom).sum()
    spread = stats.t.ppf(0.975, df) * np.sqrt(parts.sum())
    expected = (a.mean() - b.mean() - spread, a.mean() - b.mean() + spread)
    assert (low, high) == pytest.approx(expected)
    found = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    assert (low, high) == pytest.approx((found.low, found.high), abs=0.003)


@pytest.mark.parametrize(("m", "k"), [(2, 2), (1, 3), (3, 1), (3, 3), (5, 5), (2, 6)])
@pytest.mark.parametrize("scatter", [0.0, 0.01, 0.05])
def test_of_equally_good_groups_one_in_twenty_seems_to_differ(m, k, scatter):
    rng, wrong, times = np.random.default_rng(5), 0, 600
    for _ in range(times):
        first, second = (
            drawn(rng, 400, rng.normal(0.8, scatter, runs).clip(0, 1))
            for runs in (m, k)
        )
        low, high = ends(first, second)
        wrong += not low <= 0 <= high
    assert wrong / times < 0.075


def test_seeds_that_scatter_hide_a_small_difference():
    rng = np.random.default_rng(3)
    tight = drawn(rng, 3000, [0.82] * 4)
    loose = drawn(rng, 3000, [0.7, 0.75, 0.85, 0.9])
    low, high = ends(tight, loose)
    assert low < 0 < high
    low, high = ends(tight, loose[:, :1])
    assert low > 0


def test_runs_that_agree_on_everything_differ_for_certain():
    all_right, all_wrong = np.ones((5, 2), bool), np.zeros((5, 3), bool)
    assert ends(all_right, all_wrong) == (1, 1)
    assert ends(all_right[:1], all_wrong[:1]) == (1, 1)
