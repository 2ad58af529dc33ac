"""Whether splits are told apart when they differ, and only then."""

import numpy as np
import pytest

from beenet.audit import split_shift
from beenet.audit.examples import Examples
from beenet.audit.split_shift import separation

SIZES = {"train": 300, "test": 150, "valid": 150}


@pytest.fixture
def splits(draw, opened):
    """Return the examples of a set whose valid is changed."""

    def make(kind, change=lambda x: x, labels=None):
        drawn = draw(kind)
        one = drawn["train"]
        rng = np.random.default_rng(8)
        x = {}
        for split, n in SIZES.items():
            some = one[rng.integers(0, len(one), n)]
            noise = rng.normal(0, 0.05, some.shape)
            x[split] = np.clip(some + noise, -1, 1).astype(np.float32)
        if kind == "pictures":
            x = {split: np.clip(rows, 0, 1) for split, rows in x.items()}
        x["valid"] = change(x["valid"]).astype(np.float32)
        return Examples(opened(x, labels))

    return make


@pytest.mark.parametrize("kind", ["pictures", "sounds"])
def test_splits_of_one_kind_are_not_told_apart(splits, kind):
    got = separation(splits(kind), "train", "valid")
    assert 0.4 < got.auc < 0.6
    assert got.interval[0] < got.auc < got.interval[1]
    assert got.n == 150


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("pictures", lambda x: 0.8 * x),
        ("pictures", lambda x: np.clip(x + noise(x, 0.08), 0, 1)),
        ("pictures", lambda x: np.stack([0.7 * x[..., 0], x[..., 1], x[..., 2]], 3)),
        ("sounds", lambda x: 0.5 * x),
        ("sounds", lambda x: (x + np.roll(x, 1, axis=1)) / 2),
    ],
    ids=["darker", "noisier", "tinted", "quieter", "duller"],
)
def test_another_source_is_told(splits, kind, change):
    got = separation(splits(kind, change), "train", "valid")
    assert got.auc > 0.95
    assert not got.is_chance


def noise(x, strength):
    return np.random.default_rng(4).normal(0, strength, x.shape)


def test_other_shares_of_the_classes_are_no_other_source(draw, opened):
    rng = np.random.default_rng(0)
    labels = {
        split: (rng.random(n) < share).astype(int)
        for (split, n), share in zip(SIZES.items(), (0.2, 0.2, 0.8), strict=True)
    }
    x = {
        split: 0.3 + 0.2 * which[:, None, None, None] + 0.2 * rng.random((n, 8, 8, 1))
        for (split, n), which in zip(SIZES.items(), labels.values(), strict=True)
    }
    got = separation(Examples(opened(x, labels)), "train", "valid")
    assert 0.4 < got.auc < 0.6
    assert got.n < 120


def test_of_large_splits_a_part_is_taken(splits, monkeypatch):
    monkeypatch.setattr(split_shift, "MAX_EXAMPLES", 60)
    assert 60 <= separation(splits("pictures"), "train", "valid").n <= 62


def test_too_few_examples_say_nothing(draw, opened):
    x = {split: rows[:19] for split, rows in draw("pictures").items()}
    assert separation(Examples(opened(x)), "train", "valid") is None


def test_splits_without_a_common_class_say_nothing(draw, opened):
    labels = {"train": np.zeros(60, int), "test": np.zeros(20, int)}
    labels["valid"] = np.ones(24, int)
    examples = Examples(opened(draw("pictures"), labels))
    assert separation(examples, "train", "valid") is None


def test_the_auc_is_the_share_of_pairs_in_order():
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 8, 60).astype(float)  # with ties
    truth = (rng.random(60) < 0.4).astype(float)
    better = scores[truth == 1][:, None] - scores[truth == 0]
    assert split_shift._auc(scores, truth) == pytest.approx(
        (np.sign(better) + 1).mean() / 2
    )


def test_the_interval_is_hanleys_and_mcneils():
    # Their table II: theta 0.90 and 50 examples of either kind have SE 0.0307 or so.
    low, high = split_shift._interval(0.9, 50)
    assert (high - low) / 2 / 1.96 == pytest.approx(0.0314, abs=0.001)
    assert split_shift._interval(1.0, 50) == (1, 1)
