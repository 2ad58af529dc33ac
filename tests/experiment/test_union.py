"""Several data sets as one: trained on, scored, voted on, measured."""

import numpy as np
import pytest

from beenet.bench.task import open_task
from beenet.config import load_config
from beenet.datasets import open_dataset
from beenet.datasets.synth import synth
from beenet.experiment import evaluate, train
from beenet.experiment.ensemble import ensemble
from tests.conftest import slow

NAMES = ("BEE1_gray", "BEE4_gray")
CONFIG = """\
name: both
dataset: [BEE1_gray, BEE4_gray]
layers:
  - fully_connected: {n_units: 4, activation: relu}
  - fully_connected: {n_units: 2, activation: softmax}
optimizer: sgd
loss: categorical_crossentropy
training: {epochs: 2, batch_size: 7}
"""
PREPARED = "preprocessing: [featurewise_zero_center, samplewise_stdnorm]\n"


@pytest.fixture
def both(tmp_path):
    for name in NAMES:
        synth(name, scale=0.002)
    file = tmp_path / "both.yaml"
    file.write_text(CONFIG)
    return file


@pytest.mark.parametrize("more", [slow(""), PREPARED], ids=["as stored", "prepared"])
def test_a_union_is_trained_on_scored_and_voted_on(both, more, recorder, tmp_path):
    both.write_text(CONFIG + more)
    runs = [tmp_path / "run-1", tmp_path / "run-2"]
    for run in runs:
        loaded = load_config(both, [f"training.seed={run.name[-1]}"])
        train(loaded, run, reporter=recorder())
    together = ensemble(runs)
    assert together.vote.n == sum(
        open_dataset(name=name).counts["valid"] for name in NAMES
    )
    for run, member in zip(runs, together.members, strict=True):
        assert member.scores.confusion == evaluate(run).scores.confusion


def test_the_benchmark_measures_on_all_of_it(both):
    with open_task(both) as task:
        parts = [open_dataset(name=name).split("train") for name in NAMES]
        assert task.dataset.counts["train"] == sum(map(len, parts))
        rows = np.array([[0, len(parts[0])]])  # the first of each
        task.save_rows(rows)
        x, _ = task.batches()
        expected = [part.rows([0])[0].reshape(task.shape) for part in parts]
        np.testing.assert_array_equal(x[0], expected)
