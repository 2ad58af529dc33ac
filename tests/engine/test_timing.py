"""The time of a step, measured for as long as one likes."""

import contextlib
import threading

from beenet.engine import StepTimer
from beenet.tflearn_backend import tflearn


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
