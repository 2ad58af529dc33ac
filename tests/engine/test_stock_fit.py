"""The engine ends where TFLearn's own ``fit`` ends, in every variable it saves."""

import contextlib
import io

import numpy as np

from beenet.engine import TrainLoop
from beenet.tflearn_backend import tflearn

SHAPE = (12, 12, 1)


def layers(net):
    net = tflearn.conv_2d(net, 4, 3, activation="relu", regularizer="L2")
    net = tflearn.max_pool_2d(net, 2)
    net = tflearn.fully_connected(net, 16, activation="tanh")
    return tflearn.fully_connected(net, 3, activation="softmax")


def test_the_same_variables_as_fit(make_network, make_split, variables_of, tmp_path):
    split = make_split(SHAPE, 3, 103, "uint8")
    stock = make_network(layers, SHAPE, optimizer=tflearn.Momentum(0.1, lr_decay=0.9))
    stock.model.trainer.tensorboard_dir = f"{tmp_path}/"
    x = split.x / np.float32(255)
    with contextlib.redirect_stdout(io.StringIO()):
        # One call for each epoch: within a call, TFLearn begins every epoch but the
        # first with the last batch of the one before.
        for _ in range(2):
            stock.model.fit(
                x, split.y, n_epoch=1, batch_size=10, shuffle=False, show_metric=True
            )

    ours = make_network(layers, SHAPE, optimizer=tflearn.Momentum(0.1, lr_decay=0.9))
    loop = TrainLoop(ours, split, batch_size=10, seed=1, shuffle=False)
    for epoch in range(2):
        list(loop.run_epoch(epoch))

    expected, found = variables_of(stock), variables_of(ours)
    del expected["is_training"], found["is_training"]  # fit leaves it on
    total = "Momentum/Total_Loss/moving_avg"  # see test_bit_identity
    np.testing.assert_allclose(found.pop(total), expected.pop(total), rtol=1e-6)
    assert found.keys() == expected.keys()
    differing = [n for n in found if found[n].tobytes() != expected[n].tobytes()]
    assert not differing
