"""Faults of the loss, the metric and the training options, one text each."""

import pytest

from beenet.config import lint

TEXT = """\
dataset: BUZZ1
layers: [{fully_connected: {n_units: 3, activation: %s}}]
"""


def findings(load, line: str, activation: str = "softmax") -> list[str]:
    loaded = load(TEXT % activation + line + "\n")
    return [str(finding) for finding in lint(loaded, (4000, 1, 1), 3)]


@pytest.mark.parametrize(
    ("line", "activation", "text"),
    [
        (
            "loss: {weak_cross_entropy_2d: {num_classes: 2}}",
            "linear",
            "c.yaml:3:45: loss.weak_cross_entropy_2d.num_classes: is 2, but BUZZ1 has "
            "3 classes",
        ),
        (
            "loss: {weak_cross_entropy_2d: {head: [1, 2]}}",
            "linear",
            "c.yaml:3:38: loss.weak_cross_entropy_2d.head: has 2 factors, but BUZZ1 "
            "has 3 classes",
        ),
        (
            "loss: weak_cross_entropy_2d",
            "softmax",
            "c.yaml:2:53: layers[0].fully_connected.activation: warning: an output of "
            "softmax under weak_cross_entropy_2d, which applies a softmax of its own; "
            "use linear",
        ),
        (
            "metric: {top_k: {k: 3}}",
            "softmax",
            "c.yaml:3:21: metric.top_k.k: warning: is 3, so that the metric is always "
            "1: BUZZ1 has 3 classes",
        ),
    ],
)
def test_what_does_not_fit(load, line: str, activation: str, text: str) -> None:
    assert findings(load, line, activation) == [text]


@pytest.mark.parametrize("line", ["metric: {top_k: {k: 2}}", "metric: null"])
def test_what_fits(load, line: str) -> None:
    assert findings(load, line) == []
