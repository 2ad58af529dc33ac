import numpy as np
import pytest

from beenet.datasets.configured import open_data, open_split
from beenet.errors import DatasetError
from beenet.experiment.class_weights import class_weights


@pytest.fixture
def weights(tiny):
    """Return the weights for a config's flag, train made skew: 20, 10 and 5."""

    def of(flag, rows=None):
        config = tiny(f"training.class_weights={flag}").config
        dataset = open_data(config, None)
        train = open_split(config, dataset, "train")
        order = np.argsort(train.labels, kind="stable")
        rows = np.r_[0:20, 20:30, 40:45] if rows is None else rows
        skew = type(train)(train.x[order[rows]], train.y[order[rows]])
        return class_weights(config, dataset, skew)

    return of


def test_balanced_weights_are_scikit_learns(weights):
    found = weights("balanced")
    assert found == (35 / 60, 35 / 30, 35 / 15)  # n / (n_classes * count)
    assert np.dot(found, [20, 10, 5]) == pytest.approx(35)


def test_classes_left_out_weigh_1(weights):
    assert weights("{STRIPED: 4}") == (1.0, 1.0, 4.0)
    assert weights("[1, 2, 3.5]") == (1.0, 2.0, 3.5)
    assert weights("null") is None


def test_an_empty_class_cannot_be_balanced(weights):
    with pytest.raises(
        DatasetError,
        match=r"train has no example of DARK, so that classes cannot be balanced; "
        r"give training\.class_weights as numbers$",
    ):
        weights("balanced", np.r_[0:20, 40:60])
