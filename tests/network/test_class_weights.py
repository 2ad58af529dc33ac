"""The weighted loss, against numpy; and what it leaves as it was."""

import numpy as np
import pytest

from beenet.config import load_config
from beenet.config.estimator import LOSSES
from beenet.config.yaml_text import dump
from beenet.network.build import build

WEIGHTS = (0.5, 3.0)
LABELS = [0, 1, 1, 0, 1]


@pytest.fixture
def net(tmp_path):
    """Build a softmax layer for two classes under a loss."""

    def make(loss, weights=None):
        path = tmp_path / "c.yaml"
        data = {"path": "d", "classes": ["A", "B"]}
        out = {"fully_connected": {"n_units": 2, "activation": "softmax"}}
        path.write_text(dump({"dataset": data, "layers": [out], "loss": loss}))
        return build(load_config(path).config, (3,), 2, class_weights=weights)

    return make


def losses_of_examples(name, p, y):
    """Return each example's loss, by the formulas of TFLearn's documentation."""
    if name in ("softmax_categorical_crossentropy", "weak_cross_entropy_2d"):
        return -(y * (p - np.log(np.exp(p).sum(1, keepdims=True)))).sum(1)
    if name == "categorical_crossentropy":
        return -(y * np.log(p)).sum(1)
    if name in ("binary_crossentropy", "weighted_crossentropy"):
        return (np.log1p(np.exp(p)) - y * p).mean(1)
    if name == "mean_square":
        return np.square(y - p).mean(1)
    return np.maximum(1 - y * p, 0).mean(1)  # hinge_loss


@pytest.mark.parametrize("loss", [n for n, m in LOSSES.items() if m.by_example])
def test_each_examples_loss_counts_as_its_class_weighs(net, loss):
    x = np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32) * 30
    y = np.eye(2)[LABELS]
    with net(loss, WEIGHTS) as network:
        feed = {network.x: x, network.y: y}
        fetches = [network.output, network.train_op.loss, network.loss]
        p, weighted, plain = network.session.run(fetches, feed)
    of_examples = losses_of_examples(loss, p.astype(np.float64), y)
    expected = np.mean(of_examples * np.take(WEIGHTS, LABELS))
    assert weighted == pytest.approx(expected, rel=1e-5)
    assert plain == pytest.approx(np.mean(of_examples), rel=1e-5)
    assert abs(weighted - plain) > 1e-3


@pytest.mark.parametrize("loss", ["softmax_categorical_crossentropy", "mean_square"])
def test_the_gradient_is_the_weighted_losss(net, loss):
    """With one example in the batch, it is the plain gradient times the weight."""
    feeds = {}
    for weights in (None, WEIGHTS):
        with net(loss, weights) as network:
            feed = {network.x: np.full((1, 3), 0.2), network.y: [[0, 1]]}
            gradients = [gradient for gradient, _ in network.train_op.grad]
            feeds[weights] = network.session.run(gradients, feed)
    for plain, weighted in zip(*feeds.values(), strict=True):
        np.testing.assert_allclose(weighted, 3 * plain, rtol=1e-5)


def test_the_saved_variables_are_those_of_the_plain_loss(net):
    with net("mean_square") as plain, net("mean_square", WEIGHTS) as weighted:
        assert plain.variables().keys() == weighted.variables().keys()
        assert plain.loss is plain.train_op.loss
        assert weighted.loss is not weighted.train_op.loss
