import json
import os
from dataclasses import replace

import numpy as np
import pytest

from beenet.errors import RunError
from beenet.report.comparison import compare
from beenet.report.comparison_text import comparison_text


def test_a_comparison_in_full(finished):
    a = finished("a", wrong=range(8), config={"name": "a", "loss": "x", "layers": [1]})
    b = finished("b", wrong=[7, 8], config={"name": "b", "layers": [2, 3]})
    text = comparison_text(compare(a.path, b.metrics)).splitlines()
    assert text == [
        f"A: {a.path}",
        f"B: {b.path}",
        "",
        "config     A        B",
        'name       "a"      "b"',
        'loss       "x"      nothing',
        "layers[0]  1        2",
        "layers[1]  nothing  3",
        "",
        "data: BEE1, the same files",
        "",
        "split   A acc  A base   B acc  B base    B - A  only A right  only B right  "
        "     p",
        *(
            f"{split}  0.9600  0.5000  0.9900  0.5000  +0.0300             1"
            f"             7  0.0391  {word}"
            for split, word in (
                ("train", " fitted"),
                ("test ", "differs"),
                ("valid", "differs"),
            )
        ),
        "p: McNemar's test, mid-p, on the same examples",
        "differs: these two models; another seed may turn it, so train several and use "
        "beenet report",
        "",
        "valid: 8 examples are predicted differently",
        "",
        "example  true    A says  B says  A's p(true)  B's p(true)",
        *(
            f"{i}        {('BEE     NO_BEE  BEE   ', 'NO_BEE  BEE     NO_BEE')[i % 2]}"
            "        0.250        0.750"
            for i in range(7)
        ),
        "8        BEE     BEE     NO_BEE        0.750        0.250",
    ]


def test_a_comparison_as_data(finished):
    a, b = finished("a", wrong=[3]), finished("b", config={"name": "a"})
    found = json.loads(json.dumps(compare(a.path, b.path, split="test").to_json()))
    assert found["config"] == []
    assert found["splits"]["test"]["paired"] == {
        "only_first": 0,
        "only_second": 1,
        "p": 0.5,
    }
    assert found["flipped_on"] == "test"
    (flip,) = found["flips"]
    assert flip == {
        "index": 3,
        "true": "NO_BEE",
        "first": "BEE",
        "second": "NO_BEE",
        "first_probability": 0.25,
        "second_probability": 0.75,
    }


def test_outputs_that_are_no_probabilities_are_not_called_so(finished):
    found = compare(finished("a").path, finished("b", wrong=[3]).path)
    flips = [replace(flip, first_probability=-1.5) for flip in found.flips]
    text = comparison_text(replace(found, flips=flips))
    assert "B says  A's output for true  B's output for true\n" in text


def test_a_run_beside_itself(finished):
    a = finished("a")
    text = comparison_text(compare(a.path, a.path))
    assert "config: the same\n" in text
    assert "no difference found" in text
    assert text.endswith("valid: every example is predicted alike")


def test_many_flips_are_cut_and_those_that_swing_most_come_first(finished):
    a, b = finished("a"), finished("b", wrong=range(150))
    text = comparison_text(compare(a.path, b.path))
    assert (
        "150 examples are predicted differently; the 20 with the largest change" in text
    )
    assert text.splitlines()[-20:][0].startswith("0 ")
    assert text.splitlines()[-1].startswith("19 ")


def test_other_data_are_shown_and_nothing_is_paired(finished):
    a = finished("a")
    b = finished("b", title="BEE4", labels=np.arange(200) // 100, digest="cd" * 32)
    text = comparison_text(compare(a.path, b.path))
    assert (
        "data: A BEE1, B BEE4\n"
        "SHA-256      A             B\n"
        "train_X.pck  abababababab  cdcdcdcdcdcd\n"
    ) in text
    assert "other examples, or none kept" in text
    assert text.endswith("valid: the runs did not keep answers on the same examples")


def test_other_values_with_the_same_labels_are_said_to_be_that(finished):
    a, b = finished("a"), finished("b", digest="cd" * 32)
    text = comparison_text(compare(a.path, b.path))
    assert "p: McNemar's test, mid-p, on examples with the same labels\n" in text


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("metrics.json", "b holds no finished run: it has no metrics.json"),
        ("provenance.json", "provenance.json cannot be read"),
        ("config.yaml", "config.yaml cannot be read"),
    ],
)
def test_a_run_that_is_not_whole_is_named(finished, missing, words):
    a, b = finished("a"), finished("b")
    (b.path / missing).unlink()
    with pytest.raises(RunError, match=words):
        compare(a.path, b.path)


def test_outcomes_of_other_classes_are_named(finished):
    a, b = finished("a"), finished("b")
    with np.load(b.outcomes) as arrays:
        parts = dict(arrays)
    parts["valid_predicted"] = parts["valid_predicted"] + 2
    np.savez(b.outcomes, **parts)
    with pytest.raises(RunError) as caught:
        compare(a.path, b.path)
    assert str(caught.value) == (
        f"{b.outcomes} cannot be read: its valid is not of the 2 classes that "
        "metrics.json names"
    )


def test_metrics_of_another_kind_are_named(finished):
    a, b = finished("a"), finished("b", splits={})
    with pytest.raises(RunError, match="is not a run's metrics"):
        compare(a.path, b.path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders")
@pytest.mark.parametrize("name", ["provenance.json", "outcomes.npz", "config.yaml"])
def test_a_pipe_in_a_run_is_one_line(finished, name):
    a, b = finished("a"), finished("b")
    (b.path / name).unlink()
    os.mkfifo(b.path / name)
    with pytest.raises(RunError, match=f"{name} cannot be read: is no plain file"):
        compare(a.path, b.path)


def test_provenance_nested_beyond_reason_is_one_line(finished):
    a, b = finished("a"), finished("b")
    b.provenance.write_text("[" * 200_000)
    with pytest.raises(RunError, match="cannot be read: is nested too deeply"):
        compare(a.path, b.path)


def test_what_a_seed_alone_does_is_told_as_such(finished):
    configs = [{"name": f"s{seed}", "training": {"seed": seed}} for seed in (1, 2)]
    a = finished("a", wrong=range(8), config=configs[0])
    b = finished("b", wrong=[7, 8], config=configs[1])
    text = comparison_text(compare(a.path, b.path))
    assert "the configs differ only by their seed: so much comes of the seed" in text
    same = comparison_text(compare(a.path, a.path))
    assert "seed alone" not in same
