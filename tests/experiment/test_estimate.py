"""What a training would cost, from how long one example and one step take."""

from beenet.experiment import estimate as module
from beenet.experiment.estimate import estimate


def test_the_looks_are_at_test_and_the_last_at_all(tiny, monkeypatch):
    monkeypatch.setattr(module, "_seconds_per_example", lambda *_: 1000.0)
    cost = estimate(tiny().config, None)
    assert (cost.steps, cost.seconds_per_look) == (9, 24_000.0)
    assert 90_000 < cost.seconds_once < 91_000  # of train and valid, and the start
    assert 0 < cost.seconds_per_step < 10
