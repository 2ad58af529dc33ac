"""The audit as a whole: what was planted is what is counted and said."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from beenet.audit.audit import ExamplePlace, Pair, Shared, audit
from beenet.audit.findings import findings
from beenet.audit.split_shift import Separation
from beenet.audit.text import audit_json, audit_text
from beenet.datasets import open_dataset


@pytest.fixture
def planted(draw, opened):
    """Audit a set with one fault of each kind."""
    x = draw("pictures")
    labels = {split: np.arange(len(rows)) % 2 for split, rows in x.items()}
    x["train"][1] = x["train"][3]
    x["train"][8] = 0.5
    x["test"][0] = np.clip(6 * x["test"][0] - 1, 0, 1)
    x["test"][2] = x["train"][12]
    x["valid"][0] = x["train"][10]
    x["valid"][2] = x["train"][10]
    x["valid"][5] = 0.9 * x["train"][15]
    x["valid"][6] = x["test"][4]
    labels["valid"][5] = 0
    return audit(opened(x, labels))


def said(found, *kinds):
    return [one.text for one in findings(found) if one.kind in kinds]


def test_what_is_in_two_splits_is_counted_by_examples(planted):
    shared = {split: facts.shared for split, facts in planted.splits.items()}
    assert shared["train"] == {
        "train": Shared(2, 0),
        "test": Shared(1, 0),
        "valid": Shared(1, 1),
    }
    assert shared["test"] == {
        "train": Shared(1, 0),
        "test": Shared(0, 0),
        "valid": Shared(1, 0),
    }
    assert shared["valid"] == {
        "train": Shared(2, 1),
        "test": Shared(1, 0),
        "valid": Shared(2, 0),
    }


def test_copies_are_listed_with_the_first_of_their_kind(planted):
    def place(split, row, label="BEE"):
        return ExamplePlace(split, row, label)

    assert planted.exact == [
        Pair(place("train", 3, "NO_BEE"), place("train", 1, "NO_BEE"), 1.0, True),
        Pair(place("test", 2), place("train", 12), 1.0, True),
        Pair(place("valid", 0), place("train", 10), 1.0, True),
        Pair(place("valid", 2), place("train", 10), 1.0, True),
        Pair(place("valid", 6), place("test", 4), 1.0, True),
    ]
    (near,) = planted.near
    assert (near.first, near.second) == (
        place("valid", 5),
        place("train", 15, "NO_BEE"),
    )
    assert near.correlation > 0.999
    assert near.crosses
    assert near.conflicts
    assert len(planted.strangers) == 10
    assert planted.strangers[0].correlation < 0.95


def test_everything_planted_is_said_the_leaks_first(planted):
    assert said(planted, "LEAK") == [
        "3 of valid's 24 examples are also in train (2 exactly, 1 nearly): scores on "
        "valid are too high by at most 12.50%",
        "1 of test's 20 examples is also in train (1 exactly): scores on test are too "
        "high by at most 5.00%",
        "1 of valid's 24 examples is also in test (1 exactly): what is chosen by test "
        "is in part chosen by valid",
    ]
    assert said(planted, "FAULT") == [
        "1 pair of copies has two classes: a label of them is wrong",
        "2 of train's 60 examples are there more than once, with the same values",
        "2 of valid's 24 examples are there more than once, with the same values",
        "1 of train's 60 examples is constant, a picture of nothing: row 8",
        "1 of test's 20 examples is clipped: row 0",
    ]
    assert said(planted, "ok") == []
    assert findings(planted)[0].kind == "LEAK"


def test_a_clean_set_is_called_clean(draw, opened):
    found = audit(opened(draw("sounds")))
    assert said(found, "LEAK", "FAULT") == []
    assert said(found, "ok") == [
        "no copy of an example of valid was found in train",
        "no copy of an example of test was found in train",
        "no copy of an example of valid was found in test",
        "no two examples were found that are the same, or nearly",
        "no example is silent or clipped",
    ]


def test_a_bound_is_never_rounded_down(draw, opened):
    labels = {"valid": np.zeros(24, int)}
    found = audit(opened(draw("pictures"), labels))
    valid = replace(found.splits["valid"], n=10_000)
    valid.shared["train"] = Shared(1, 2)
    test = replace(found.splits["test"], n=30_000)
    test.shared["train"] = Shared(0, 1)
    found = replace(found, splits=found.splits | {"valid": valid, "test": test})
    bounds = [text.rpartition(" ")[2] for text in said(found, "LEAK")]
    assert bounds == ["0.03%", "0.01%"]


def test_other_shares_of_classes_and_another_scale_are_told(draw, opened):
    x = draw("pictures")
    x["valid"] = x["valid"] / 20
    labels = {"valid": np.zeros(24, int)}
    found = audit(opened(x, labels))
    assert said(found, "FAULT") == [
        f"valid's values are on another scale than train's: their deviation is "
        f"{found.splits['valid'].deviation:.3g}, not "
        f"{found.splits['train'].deviation:.3g}"
    ]
    assert (
        "BEE is 100.0% of valid, but 50.0% of train: read its accuracy beside the "
        "baseline" in said(found, "note")
    )


def test_an_offset_of_recordings_is_told(draw, opened):
    x = draw("sounds")
    x["test"] += 0.25
    notes = said(audit(opened(x)), "note")
    mean = x["test"].mean()
    assert f"test's recordings swing about {mean:.3f}, not about 0" in notes
    assert sum("swing" in note for note in notes) == 1


@pytest.mark.parametrize(
    ("auc", "interval", "words"),
    [
        (0.43, (0.3, 0.53), "cannot be told from train (AUC 0.430, 0.300-0.530): its"),
        (0.63, (0.49, 0.7), "cannot be told from train"),
        (0.55, (0.54, 0.56), "can hardly be told from train"),
        (0.7, (0.6, 0.8), "differs a little from train"),
        (0.9, (0.8, 0.95), "differs from train"),
        (1.0, (1, 1), "comes from elsewhere than train (AUC 1.000, 1.000-1.000): its"),
    ],
)
def test_the_sentence_follows_the_auc(planted, auc, interval, words):
    apart = Separation(auc, interval, 100)
    found = replace(planted, separation={"valid": apart})
    (sentence,) = (text for text in said(found, "note") if "AUC" in text)
    assert sentence.startswith(f"valid {words}")


def test_what_is_not_known_is_said_so(planted):
    found = replace(planted, separation={"valid": None}, complete=False, synthetic=True)
    assert said(found, "note") == [
        "synthetic data: nothing here is true of the real set",
        "too few examples to say whether valid differs from train",
    ]
    assert said(found, "LEAK")[0] == (
        "at least 3 of valid's 24 examples are also in train (2 exactly, 1 nearly): "
        "scores on valid are too high"
    )
    assert (
        "more than 100,000 pairs of examples look alike: only the closest were looked "
        "at, so the counts may be too low" in said(found, "FAULT")
    )
    missed = "no copy of an example of test was found in train"
    assert (f"{missed}, but not all pairs were looked at" in said(found, "note")) == (
        missed in said(planted, "ok")
    )


def test_the_text_fits_80_columns_and_the_json_has_everything(planted):
    text = audit_text(planted)
    assert max(map(len, text.splitlines())) <= 80
    assert "       train   test  valid\ntrain  2 + 0  1 + 0  1 + 1\n" in text
    assert re.search(r"^valid 5 \(BEE\) +train 15 \(NO_BEE\) +r 0\.999", text, re.M)
    found = json.loads(audit_json(planted))
    assert found["findings"][0]["kind"] == "LEAK"
    assert found["splits"]["train"]["flat"] == [8]
    assert len(found["exact"]) == 5
    assert found["exact"][1]["first"] == {"split": "test", "row": 2, "label": "BEE"}


def test_a_set_of_nothing_is_looked_at(draw, opened):
    x = {split: 0 * rows for split, rows in draw("pictures").items()}
    found = audit(opened(x))
    assert len(found.exact) == 103
    assert found.near == found.strangers == []
    assert found.typical == {"BEE": None, "NO_BEE": None}
    assert said(found, "LEAK")[0].startswith("24 of valid's 24 examples are also in")


def test_examples_of_any_shape_are_looked_at(draw, opened):
    x = draw("sounds", samples=30)
    x = {split: np.abs(rows).reshape(-1, 5, 6) / 9 for split, rows in x.items()}
    x["valid"][3] = x["train"][2]
    assert len(audit(opened(x)).exact) == 1


MNIST_PAIR = (("test", 3070), ("train", 27111))
"""The closest of test and train, by comparing all with all."""


def test_mnists_closest_ones_are_found_and_are_no_copies(opened):
    """In MNIST no writer is in both train and test: these are two people's ones."""
    mnist = open_dataset(name="MNIST")
    some = {"train": np.arange(27000, 27200), "test": np.arange(3000, 3100)}
    some["valid"] = np.arange(100)
    x = {split: mnist.split(split).rows(rows) for split, rows in some.items()}
    labels = {split: mnist.split(split).labels[rows] for split, rows in some.items()}
    found = audit(opened(x, labels, mnist.classes))
    assert found.near == found.exact == []
    closest = found.strangers[0]
    assert closest.first == ExamplePlace("test", 70, "1")
    assert closest.second == ExamplePlace("train", 111, "1")
    assert closest.correlation == pytest.approx(0.99155, abs=1e-4)
    assert found.needed["1"] > 0.993
    assert found.needed["5"] < 0.985


@pytest.mark.slow
def test_all_of_mnist():
    found = audit(open_dataset(name="MNIST"))
    assert found.near == found.exact == []
    closest = [
        ((pair.first.split, pair.first.row), (pair.second.split, pair.second.row))
        for pair in found.strangers
    ]
    # As comparing all with all, pixel by pixel, has them.
    assert closest[:2] == [MNIST_PAIR, (("valid", 1603), ("train", 27111))]
    assert said(found, "LEAK") == []
    assert 0.45 < found.separation["valid"].auc < 0.6
    assert found.ground == ("0",)


def test_classes_without_examples_are_told(draw, opened):
    x = draw("pictures")
    labels = {split: np.arange(len(rows)) % 2 for split, rows in x.items()}
    labels["train"][:] = 0
    labels["valid"][:] = labels["test"][:] = 1
    labels["test"][0] = 2
    found = audit(opened(x, labels, ("BEE", "NO_BEE", "WASP", "MOTH")))
    told = [text for text in said(found, "FAULT", "note") if " has no example " in text]
    assert told == [
        "NO_BEE has no example in train: no net can learn it",
        "WASP has no example in train: no net can learn it",
        "MOTH has no example at all: nothing is known of it",
        "BEE has no example in test and in valid: no score there tells of it",
    ]


def test_an_auc_below_chance_says_that_the_examples_are_too_few(planted):
    apart = Separation(0.39, (0.31, 0.48), 100)
    found = replace(planted, separation={"valid": apart})
    assert (
        "too few independent examples to say how valid differs from train (AUC 0.390, "
        "0.310-0.480)"
    ) in said(found, "note")
