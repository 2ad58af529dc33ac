import json

import numpy as np

from beenet.report.columns import columns
from beenet.report.text import evaluation_text, no_better, run_text
from beenet.runs.folder import RunFolder
from beenet.scores.metrics import Evaluation, compute_scores
from made import whole_metrics


def scores(true, predicted, names=("BEE", "NO_BEE")):
    probabilities = np.eye(len(names), dtype=np.float32)[predicted]
    return compute_scores(np.array(true), probabilities, 0.25, names)


def test_columns_align_text_left_and_numbers_right():
    assert columns([["a", "b"], ["long", "1"], ["x", "1,000"]]) == (
        "a         b\nlong      1\nx     1,000"
    )


def test_an_evaluation_in_full():
    got = scores([0] * 60 + [1] * 40, [0] * 55 + [1] * 45)
    text = evaluation_text(Evaluation("m.tfl", "BEE1 (synthetic)", True, "valid", got))
    assert text == (
        "m.tfl on BEE1 (synthetic) valid (100 examples)\n"
        "\n"
        "accuracy  0.95000  (95% interval 0.8882-0.9785)\n"
        "baseline  0.60000  (always BEE)\n"
        "loss      0.25000\n"
        "\n"
        "class   true  predicted  precision  recall      f1\n"
        "BEE       60         55     1.0000  0.9167  0.9565\n"
        "NO_BEE    40         45     0.8889  1.0000  0.9412\n"
        "\n"
        "true \\ predicted  BEE  NO_BEE\n"
        "BEE                55       5\n"
        "NO_BEE              0      40\n"
        "\n"
        "synthetic data: scores mean nothing"
    )


def test_a_net_that_always_says_bee_is_told_so():
    got = scores([0] * 757 + [1] * 243, [0] * 1000)
    text = evaluation_text(Evaluation("m.tfl", "BEE2_1S", False, "valid", got))
    assert "accuracy  0.75700" in text
    assert "baseline  0.75700  (always BEE, which is no worse)" in text
    assert "NO_BEE   243          0          -  0.0000  0.0000" in text


def test_a_little_above_the_baseline_is_not_called_below_it():
    got = scores([0] * 71 + [1] * 29, [0] * 65 + [1] * 6 + [0] * 18 + [1] * 11)
    assert got.interval[0] < got.baseline < got.accuracy
    text = evaluation_text(Evaluation("m.tfl", "BEE1", False, "valid", got))
    assert "(always BEE, which is not clearly worse)" in text
    assert no_better(got) == "not clearly better than"


def test_a_run_names_the_splits_on_which_it_learned_nothing(tmp_path):
    folder = RunFolder(tmp_path)
    good, bad = scores([0, 1] * 50, [0, 1] * 50), scores([0, 1] * 50, [0] * 100)
    splits = {"train": good.to_json(), "test": bad.to_json(), "valid": bad.to_json()}
    metrics = whole_metrics(
        name="n", dataset="BEE1", epochs=1, steps=1000, seconds=2.0, splits=splits
    )
    folder.metrics.write_text(json.dumps(metrics))
    assert run_text(folder) == (
        "n: BEE1, 1 epoch, 1,000 steps, 2.0 s\n"
        "\n"
        "split              n  accuracy   95% interval  baseline     loss\n"
        "train  fitted    100   1.00000  0.9630-1.0000   0.50000  0.25000\n"
        "test   watched   100   0.50000  0.4038-0.5962   0.50000  0.25000\n"
        "valid  held out  100   0.50000  0.4038-0.5962   0.50000  0.25000\n"
        "\n"
        "test: no better than always naming BEE\n"
        "valid: no better than always naming BEE\n"
        "baseline: always naming the split's commonest class\n"
        f"model:    {tmp_path / 'model.tfl'}\n"
        f"metrics:  {tmp_path / 'metrics.json'}"
    )


def test_how_else_a_run_ended(tmp_path):
    folder = RunFolder(tmp_path)
    metrics = whole_metrics(epochs=2, stopped_early=True, best_epoch=1)
    folder.metrics.write_text(json.dumps(metrics))
    assert run_text(folder).splitlines()[1:4] == [
        "stopped early: test was no better for as long as patience goes",
        "kept: the weights of epoch 1, the best on test",
        "",
    ]


def test_a_class_cannot_drive_the_terminal(tmp_path):
    bad = scores([0, 1] * 50, [0] * 100).to_json() | {"majority": "\x1b]0;mine\x07"}
    metrics = whole_metrics(splits={"valid": bad})
    folder = RunFolder(tmp_path)
    folder.metrics.write_text(json.dumps(metrics))
    assert "\x1b" not in run_text(folder)
    assert r"always naming \x1b]0;mine\x07" in run_text(folder)
