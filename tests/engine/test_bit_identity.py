"""The engine's numbers are those of TFLearn's train op, fed step by step."""

import numpy as np
import pytest

from beenet.engine import TrainLoop
from beenet.network.functions import ClassWeighted
from beenet.tflearn_backend import tflearn

IMAGE = (12, 12, 3)
SERIES = (8, 2)
VECTOR = (24,)


def dense(net, n=7, **options):
    return tflearn.fully_connected(net, n, **options)


def softmax(net):
    return dense(net, 3, activation="softmax")


def conv(net, **options):
    return tflearn.conv_2d(net, 4, 3, activation="relu", **options)


def branches(net):
    left, right = conv(net), tflearn.conv_2d(net, 2, 1)
    return tflearn.merge([left, right], "concat", axis=3)


LAYERS = {
    "fully_connected": (VECTOR, lambda n: dense(n, activation="tanh")),
    "wide_enough_to_skip_clipping": (VECTOR, lambda n: dense(dense(n, 800), 30)),
    "conv_2d": (IMAGE, conv),
    "conv_2d_strides_valid": (IMAGE, lambda n: conv(n, strides=2, padding="valid")),
    "conv_2d_transpose": (
        IMAGE,
        lambda n: tflearn.conv_2d_transpose(n, 2, 3, [12, 12]),
    ),
    "atrous_conv_2d": (IMAGE, lambda n: tflearn.layers.conv.atrous_conv_2d(n, 3, 3, 2)),
    "grouped_conv_2d": (IMAGE, lambda n: tflearn.layers.conv.grouped_conv_2d(n, 2, 3)),
    "upsample_2d": (IMAGE, lambda n: tflearn.upsample_2d(n, 2)),
    "max_pool_2d": (IMAGE, lambda n: tflearn.max_pool_2d(conv(n), 2)),
    "avg_pool_2d": (IMAGE, lambda n: tflearn.avg_pool_2d(conv(n), 2)),
    "global_avg_pool": (IMAGE, lambda n: tflearn.global_avg_pool(conv(n))),
    "global_max_pool": (IMAGE, lambda n: tflearn.layers.conv.global_max_pool(conv(n))),
    "conv_1d": (SERIES, lambda n: tflearn.max_pool_1d(tflearn.conv_1d(n, 4, 3), 2)),
    "conv_3d": ((6, 6, 6, 1), lambda n: tflearn.conv_3d(n, 2, 3)),
    "batch_normalization": (IMAGE, lambda n: tflearn.batch_normalization(conv(n))),
    "batch_normalization_flat": (
        VECTOR,
        lambda n: tflearn.batch_normalization(dense(n)),
    ),
    "local_response": (IMAGE, lambda n: tflearn.local_response_normalization(conv(n))),
    "l2_normalize": (
        VECTOR,
        lambda n: tflearn.layers.normalization.l2_normalize(dense(n), 1),
    ),
    "dropout": (VECTOR, lambda n: tflearn.dropout(dense(n, 50), 0.5)),
    "dropout_in_a_stack": (
        IMAGE,
        lambda n: tflearn.dropout(
            tflearn.batch_normalization(tflearn.dropout(n, 0.8)), 0.7
        ),
    ),
    "highway": (VECTOR, lambda n: tflearn.highway(n, 24, transform_dropout=0.8)),
    "highway_conv_2d": (IMAGE, lambda n: tflearn.highway_conv_2d(n, 3, 3)),
    "prelu": (VECTOR, lambda n: tflearn.prelu(dense(n))),
    "reshape": (VECTOR, lambda n: dense(tflearn.reshape(dense(n, 8), [-1, 4, 2]))),
    "merge": (IMAGE, branches),
    "residual_block": (IMAGE, lambda n: tflearn.residual_block(conv(n), 1, 4)),
    "residual_bottleneck": (
        IMAGE,
        lambda n: tflearn.residual_bottleneck(conv(n), 1, 2, 4),
    ),
    "resnext_block": (IMAGE, lambda n: tflearn.resnext_block(conv(n), 1, 4, 2)),
    "densenet_block": (
        IMAGE,
        lambda n: tflearn.densenet_block(n, 2, 2, dropout=True),
    ),
    "simple_rnn": (SERIES, lambda n: tflearn.simple_rnn(n, 5)),
    "lstm": (SERIES, lambda n: tflearn.lstm(n, 5, dropout=0.8)),
    "lstm_dynamic": (SERIES, lambda n: tflearn.lstm(n, 5, dynamic=True)),
    "gru": (SERIES, lambda n: tflearn.gru(n, 5, return_seq=False)),
    "bidirectional": (
        SERIES,
        lambda n: tflearn.bidirectional_rnn(
            n, tflearn.BasicLSTMCell(4), tflearn.BasicLSTMCell(4)
        ),
    ),
    "embedding": ((6,), lambda n: tflearn.embedding(n * 0.9, 10, 4)),
    "l2": (IMAGE, lambda n: dense(conv(n, regularizer="L2"), regularizer="L2")),
    "l1": (VECTOR, lambda n: dense(n, regularizer="L1", weight_decay=0.01)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer(name, make_network, make_split, reference, variables_of):
    shape, layer = LAYERS[name]
    check(
        lambda: make_network(lambda n: softmax(layer(n)), shape),
        make_split(shape, 3, 26, "float32"),
        reference,
        variables_of,
    )


OPTIMIZERS = {
    "sgd": lambda: tflearn.SGD(0.1),
    "sgd_decay": lambda: tflearn.SGD(0.1, lr_decay=0.9, decay_step=3),
    "momentum": lambda: tflearn.Momentum(0.1),
    "momentum_decay": lambda: tflearn.Momentum(0.1, lr_decay=0.9, decay_step=3),
    "nesterov": lambda: tflearn.Nesterov(0.1),
    "nesterov_decay": lambda: tflearn.Nesterov(0.1, lr_decay=0.9, staircase=True),
    "adam": lambda: tflearn.Adam(0.01),
    "rmsprop": lambda: tflearn.RMSProp(0.01),
    "adagrad": lambda: tflearn.AdaGrad(0.01),
    "adadelta": lambda: tflearn.AdaDelta(0.1),
    "ftrl": lambda: tflearn.Ftrl(0.1),
    "proximal_adagrad": lambda: tflearn.ProximalAdaGrad(0.01),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer(name, make_network, make_split, reference, variables_of):
    def build():
        return make_network(
            lambda n: softmax(tflearn.dropout(dense(n, 700), 0.9)),
            VECTOR,
            optimizer=OPTIMIZERS[name](),
        )

    check(build, make_split(VECTOR, 3, 26, "float32"), reference, variables_of)


@pytest.mark.parametrize("clip", [0.0, 1e-3, 0.3, 5.0])
def test_clipping_off_always_sometimes_and_never(
    clip, make_network, make_split, reference, variables_of
):
    def build():
        return make_network(
            lambda n: softmax(dense(n, 800, regularizer="L2")),
            VECTOR,
            clip_gradients=clip,
        )

    check(build, make_split(VECTOR, 3, 64, "float32"), reference, variables_of)


@pytest.mark.parametrize("metric", [None, "top_k", "R2"])
def test_other_metrics_and_none(
    metric, make_network, make_split, reference, variables_of
):
    check(
        lambda: make_network(lambda n: softmax(dense(n)), VECTOR, metric=metric),
        make_split(VECTOR, 3, 26, "float32"),
        reference,
        variables_of,
    )


@pytest.mark.parametrize(
    "loss",
    ["mean_square", "hinge_loss", "softmax_categorical_crossentropy",
     "binary_crossentropy", "weighted_crossentropy", "roc_auc_score",
     "weak_cross_entropy_2d"],
)  # fmt: skip
def test_other_losses(loss, make_network, make_split, reference, variables_of):
    check(
        lambda: make_network(lambda n: softmax(dense(n)), VECTOR, loss=loss),
        make_split(VECTOR, 3, 26, "float32"),
        reference,
        variables_of,
    )


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "mean_square"])
def test_class_weights(loss, make_network, make_split, reference, variables_of):
    def build():
        weighted = ClassWeighted(loss, (0.5, 1.0, 4.0))
        return make_network(lambda n: softmax(dense(n)), VECTOR, loss=weighted)

    check(build, make_split(VECTOR, 3, 26, "float32"), reference, variables_of)


def test_stored_bytes(make_network, make_split, reference, variables_of):
    check(
        lambda: make_network(lambda n: softmax(conv(n)), IMAGE),
        make_split(IMAGE, 3, 52, "uint8"),
        reference,
        variables_of,
    )


def check(build, split, reference, variables_of, *, batch_size=8, epochs=2):
    """Train from equal weights, once each way, and compare every bit."""
    network = build()
    initial = variables_of(network)
    losses = reference(network, split, batch_size=batch_size, seed=3, epochs=epochs)
    expected = variables_of(network)

    for name, variable in network.variables().items():
        variable.load(initial[name], network.session)
    loop = TrainLoop(network, split, batch_size=batch_size, seed=3, own_random=True)
    chunks = [chunk for epoch in range(epochs) for chunk in loop.run_epoch(epoch)]

    np.testing.assert_array_equal(np.concatenate([c.losses for c in chunks]), losses)
    found = variables_of(network)
    # TensorFlow adds three and more in an order that depends on timing; of the sum of
    # all losses nothing is learned, and beenet's own order is fixed.
    total = "SGD/Total_Loss/moving_avg"
    if total in expected:
        assert found.pop(total) == pytest.approx(expected.pop(total), rel=1e-6)
    assert found.keys() == expected.keys()
    differing = [n for n in found if found[n].tobytes() != expected[n].tobytes()]
    assert not differing
    assert found["Global_Step"] == found["Training_step"] == len(losses)
