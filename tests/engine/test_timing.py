"""The time of a step, measured for as long as one likes."""

import contextlib
import threading
import time

import numpy as np

from beenet.engine import StepTimer
from beenet.engine.compiled import CompiledSteps
from beenet.tflearn_backend import tflearn


def test_a_lap_of_slow_steps_is_short(make_network, make_split, monkeypatch):
    network = make_network(lambda net: tflearn.fully_connected(net, 3), (5,))
    laps = []

    def run(steps, batches, *_):
        laps.append(batches.steps)
        time.sleep(0.02 * batches.steps)
        return (np.zeros(batches.steps, np.float32),) * 2

    monkeypatch.setattr(CompiledSteps, "run", run)
    split = make_split((5,), 3, 400, "float32")
    with contextlib.closing(StepTimer(network, split, batch_size=10)) as timer:
        assert 0.02 <= timer.seconds_per_step(0.01) < 0.2
    assert laps == [1] * 4


def test_it_goes_on_over_epochs_and_ends_its_thread(make_network, make_split):
    network = make_network(lambda net: tflearn.fully_connected(net, 3), (5,))
    split = make_split((5,), 3, 47, "float32")  # five steps an epoch
    before = network.values()["FullyConnected/W"]
    timer = StepTimer(network, split, batch_size=10)
    with contextlib.closing(timer):
        for budget in (0.0001, 0.05):
            assert 0 < timer.seconds_per_step(budget) < 10
    values = network.values()
    assert values["Training_step"] > 5
    assert (values["FullyConnected/W"] != before).any(), "it trains in earnest"
    assert not [t for t in threading.enumerate() if t.name.startswith("beenet-feed")]
