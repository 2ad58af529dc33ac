import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beenet.scores.metrics import compute_scores, confusion_matrix, wilson_interval


def scores(true, predicted, names=("A", "B", "C")):
    probabilities = np.eye(len(names), dtype=np.float32)[predicted]
    return compute_scores(np.array(true), probabilities, 0.5, names)


def test_a_hand_counted_example():
    got = scores([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 0, 1])
    assert got.n == 6
    assert got.accuracy == 3 / 6
    assert (got.baseline, got.majority) == (3 / 6, "A")
    assert got.confusion == ((2, 1, 0), (1, 1, 0), (0, 1, 0))
    a, b, c = got.classes
    assert (a.precision, a.recall, a.f1) == (2 / 3, 2 / 3, 4 / 6)
    assert (b.support, b.predicted, b.precision, b.recall) == (2, 3, 1 / 3, 1 / 2)
    # C is never predicted: its precision was not measured, its recall is 0.
    assert (c.precision, c.recall, c.f1) == (None, 0.0, 0.0)


def test_a_class_that_neither_is_nor_is_predicted_has_no_scores():
    c = scores([0, 1], [0, 1]).classes[2]
    assert (c.support, c.precision, c.recall, c.f1) == (0, None, None, None)


def test_of_equal_probabilities_the_first_wins_as_in_tflearn():
    tie = np.full((1, 3), 1 / 3, dtype=np.float32)
    got = compute_scores(np.array([0]), tie, 0.0, ("A", "B", "C"))
    assert got.accuracy == 1.0


def test_always_naming_the_commonest_class_scores_the_baseline():
    got = scores([0] * 7 + [1] * 3, [0] * 10, ("A", "B"))
    assert got.accuracy == got.baseline == 0.7


def test_wilson_interval_against_published_values():
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    for correct, n, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        assert wilson_interval(correct, n) == pytest.approx((low, high), abs=5e-5)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1))
def test_the_confusion_matrix_counts_every_pair(pairs):
    true, predicted = np.array(pairs).T
    matrix = confusion_matrix(true, predicted, 4)
    for i in range(4):
        for j in range(4):
            assert matrix[i, j] == pairs.count((i, j))


@given(st.integers(1, 5000), st.data())
def test_the_interval_holds_the_share_and_stays_within_0_and_1(n, data):
    correct = data.draw(st.integers(0, n))
    low, high = wilson_interval(correct, n)
    assert 0 <= low <= correct / n + 1e-12
    assert correct / n - 1e-12 <= high <= 1
