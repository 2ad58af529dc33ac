"""The order of an epoch is a function of its arguments alone."""

import numpy as np

from beenet.engine import epoch_order


def test_a_permutation_that_depends_on_seed_and_epoch():
    order = epoch_order(1000, seed=1, epoch=2)
    assert order.dtype == np.int64
    np.testing.assert_array_equal(np.sort(order), np.arange(1000))
    np.random.seed(0)
    np.testing.assert_array_equal(order, epoch_order(1000, seed=1, epoch=2))
    assert not np.array_equal(order, epoch_order(1000, seed=1, epoch=3))
    assert not np.array_equal(order, epoch_order(1000, seed=2, epoch=2))


def test_the_order_of_another_version_of_beenet():
    # A checkpoint of today must find its order tomorrow.
    assert epoch_order(8, seed=1, epoch=0).tolist() == [5, 0, 3, 1, 7, 4, 2, 6]


def test_unshuffled():
    np.testing.assert_array_equal(
        epoch_order(5, seed=1, epoch=3, shuffle=False), np.arange(5)
    )
