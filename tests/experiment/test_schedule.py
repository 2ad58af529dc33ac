"""The rate of an epoch, by what was before it."""

from types import SimpleNamespace

from beenet.experiment.schedule import set_learning_rate
from beenet.runs.history import Epoch


def test_a_rate_falls_by_the_losses_on_test(tiny):
    plateau = "training.schedule={plateau: {patience: 1, factor: 0.5}}"
    rows = [Epoch("d", i, i, 1 / i, None, 1.0, 0.5, 1.0) for i in (1, 2)]
    told = []
    network = SimpleNamespace(set_learning_rate=told.append)
    assert set_learning_rate(network, tiny(plateau).config, rows) == 0.025
    assert told == [0.025]
