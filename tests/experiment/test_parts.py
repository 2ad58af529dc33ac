"""Scores and outcomes, from what a net says of a split."""

from types import SimpleNamespace

import numpy as np

from beenet.datasets import Split
from beenet.engine.scoring import SplitOutputs
from beenet.experiment import parts
from beenet.experiment.parts import score_split


def test_the_class_is_the_outputs_though_probabilities_round_to_the_same(
    tiny, monkeypatch
):
    linear = "layers[4].fully_connected.activation=linear"
    config = tiny(linear, "loss=binary_crossentropy").config
    split = Split(np.zeros((1, 8, 8, 1), np.float32), np.eye(3, dtype=np.float32)[[2]])
    outputs = np.float32([[0, 20, 30]])
    monkeypatch.setattr(parts, "score", lambda *_: SplitOutputs(outputs, 0.5))
    data = SimpleNamespace(classes=("A", "B", "C"))
    scores, outcomes = score_split(None, config, split, data)
    assert (scores.accuracy, outcomes.predicted.tolist()) == (1, [2])
