"""The engine's numbers are those of TFLearn's train op, fed step by step."""

import numpy as np
import pytest

from beenet.config.functions import ACTIVATIONS
from beenet.config.layers import LAYERS
from beenet.network.functions import ClassWeighted
from beenet.network.layers import layer_function
from beenet.tflearn_backend import tflearn
from engine.identity import (
    IMAGE,
    KINDS,
    OPTIMIZERS,
    SERIES,
    SOUND,
    VECTOR,
    VOLUME,
    check,
)
from tests.conftest import slow


def dense(net, n=7, **options):
    return tflearn.fully_connected(net, n, **options)


def softmax(net):
    return dense(net, 3, activation="softmax")


def conv(net, **options):
    return tflearn.conv_2d(net, 4, 3, activation="relu", **options)


def branches(net):
    left, right = conv(net), tflearn.conv_2d(net, 2, 1)
    return tflearn.merge([left, right], "concat", axis=3)


def three(net, mode, activation):
    parts = [dense(net, 8, activation=activation) for _ in range(3)]
    return tflearn.merge(parts, mode)


def around(net):
    """Two dense layers, each added to what it takes."""
    net = dense(net, 8)
    for _ in range(2):
        net = tflearn.merge([net, dense(net, 8)], "elemwise_sum")
    return net


def added_sound(net):
    """Sums of sums of images of one column, whose shapes the loop knows better."""
    net = tflearn.max_pool_2d(tflearn.conv_2d(net, 1, 3), 1)
    return tflearn.resnext_block(net, 1, 1, 2, bias=False)


# Before the layer, so that a gradient goes through it: what keeps the shape's rank.
BEFORE = {
    VECTOR: lambda n: tflearn.fully_connected(n, 24),
    SERIES: lambda n: tflearn.conv_1d(n, 3, 3),
    IMAGE: lambda n: tflearn.conv_2d(n, 4, 3, activation="relu"),
    VOLUME: lambda n: tflearn.conv_3d(n, 2, 3),
}


def test_every_kind_is_looked_at():
    alone = {name for name, model in LAYERS.items() if not model.takes_many}
    assert alone - {"input_data"} == KINDS.keys()


def on(net, name):
    """Put a layer of a kind on a network's input, and hold its shape against ours."""
    shape, arguments = KINDS[name]
    layer = LAYERS[name].model_validate(arguments)
    # Of the numbers 0..1 that come in, whole numbers for an index.
    net = BEFORE[shape](net) if shape in BEFORE else net * 3.99
    before = tuple(net.shape.as_list()[1:])
    net = layer_function(layer)(net)
    assert tuple(net.shape.as_list()[1:]) == layer.output_shape(before)
    return tflearn.reshape(net, [-1, 1]) if net.shape.rank == 1 else net


LONG = {"lstm", "bidirectional_rnn", "residual_bottleneck", "densenet_block",
        "resnext_block", "lstm_on_an_embedding"}  # fmt: skip
"""What takes TensorFlow seconds to build; each has a relative that does not."""


@pytest.mark.parametrize(
    "shape", sorted({shape for shape, _ in KINDS.values()}), ids=str
)
def test_the_kinds_of_layers_side_by_side(shape, make_network, make_split):
    names = [name for name in KINDS if KINDS[name][0] == shape and name not in LONG]

    def stack(net):
        branches = [dense(on(net, name), 5) for name in names]
        return softmax(
            tflearn.merge(branches, "concat") if branches[1:] else branches[0]
        )

    check(make_network(stack, shape), make_split(shape, 3, 26, "float32"))


@pytest.mark.slow  # what TensorFlow's optimizer does hangs on what stands around
@pytest.mark.parametrize("name", KINDS)
def test_a_kind_of_layer_alone(name, make_network, make_split):
    shape, _ = KINDS[name]
    check(
        make_network(lambda n: softmax(on(n, name)), shape),
        make_split(shape, 3, 26, "float32"),
    )


STACKS = {
    "wide_enough_to_skip_clipping": (VECTOR, lambda n: dense(dense(n, 800), 30)),
    "conv_2d_strides_valid": (IMAGE, lambda n: conv(n, strides=2, padding="valid")),
    "batch_normalization_of_images": (
        IMAGE,
        lambda n: tflearn.batch_normalization(conv(n)),
    ),
    "dropout_in_a_stack": (
        IMAGE,
        lambda n: tflearn.dropout(
            tflearn.batch_normalization(tflearn.dropout(n, 0.8)), 0.7
        ),
    ),
    "prelu": (VECTOR, lambda n: tflearn.prelu(dense(n))),
    "merge": (IMAGE, branches),
    # What TensorFlow's optimizer fuses in these, it would not within a loop, or other.
    "sum_of_three": (VECTOR, lambda n: three(n, "elemwise_sum", "sigmoid")),
    "product_of_three": (VECTOR, lambda n: three(dense(n), "elemwise_mul", "tanh")),
    "around_dense_layers": (VECTOR, around),
    "highway_leaky_relu": (
        VECTOR,
        lambda n: tflearn.highway(dense(n, 8), 8, activation="leaky_relu"),
    ),
    "highway_gelu": (
        VECTOR,
        lambda n: tflearn.highway(dense(n, 8), 8, activation="gelu"),
    ),
    "dropout_before_gelu": (
        IMAGE,
        lambda n: tflearn.conv_2d(tflearn.dropout(n, 0.8), 4, 3, activation="gelu"),
    ),
    "normalized_after_relu": (
        VECTOR,
        lambda n: dense(
            tflearn.batch_normalization(tflearn.dropout(dense(n, 8), 0.5)),
            activation="relu",
        ),
    ),
    "sigmoid_before_batch_normalization": (
        VECTOR,
        lambda n: tflearn.batch_normalization(dense(n, activation="sigmoid")),
    ),
    "added_sound": (SOUND, added_sound),
    "lstm_on_an_embedding": (
        (6,),
        lambda n: tflearn.lstm(tflearn.embedding(n * 9, 10, 4), 5, dynamic=True),
    ),
    "l2": (IMAGE, lambda n: dense(conv(n, regularizer="L2"), regularizer="L2")),
    "l1": (VECTOR, lambda n: dense(n, regularizer="L1", weight_decay=0.01)),
}


@pytest.mark.parametrize("name", [slow(n) if n in LONG else n for n in STACKS])
def test_a_stack_of_layers(name, make_network, make_split):
    shape, layer = STACKS[name]
    check(
        make_network(lambda n: softmax(layer(n)), shape),
        make_split(shape, 3, 26, "float32"),
    )


def test_every_activation(make_network, make_split):
    def layers(net):
        branches = []
        for name in ACTIVATIONS:
            made = getattr(tflearn.activations, name)
            branch = tflearn.conv_2d(net, 3, 3, activation=made, name=f"conv_{name}")
            branches.append(dense(branch, 6, activation=made, name=f"dense_{name}"))
        return softmax(tflearn.merge(branches, "concat"))

    check(make_network(layers, IMAGE), make_split(IMAGE, 3, 26, "float32"))


LIKE_SGD = {"momentum_decay", "nesterov_decay"}
"""Their decay is worked out by the same operations."""


@pytest.mark.parametrize("name", [slow(n) if n in LIKE_SGD else n for n in OPTIMIZERS])
def test_every_optimizer(name, make_network, make_split):
    network = make_network(
        lambda n: softmax(tflearn.dropout(dense(n, 700), 0.9)),
        VECTOR,
        optimizer=OPTIMIZERS[name](),
    )

    check(network, make_split(VECTOR, 3, 26, "float32"))


@pytest.mark.parametrize(
    ("clip", "penalty"),
    [(0.0, "L2"), (0.0, "L1"), (1e-3, "L2"), (0.3, "L2"), (5.0, "L2")],
)
def test_clipping_off_always_sometimes_and_never(
    clip, penalty, make_network, make_split
):
    network = make_network(
        lambda n: softmax(dense(n, 800, regularizer=penalty)),
        VECTOR,
        clip_gradients=clip,
    )

    check(network, make_split(VECTOR, 3, 64, "float32"))


@pytest.mark.parametrize("metric", [None, "top_k", "R2"])
def test_other_metrics_and_none(metric, make_network, make_split):
    check(
        make_network(lambda n: softmax(dense(n)), VECTOR, metric=metric),
        make_split(VECTOR, 3, 26, "float32"),
    )


@pytest.mark.parametrize(
    "loss",
    ["mean_square", "hinge_loss", "softmax_categorical_crossentropy",
     "binary_crossentropy", "weighted_crossentropy", "roc_auc_score",
     "weak_cross_entropy_2d"],
)  # fmt: skip
def test_other_losses(loss, make_network, make_split):
    check(
        make_network(lambda n: softmax(dense(n)), VECTOR, loss=loss),
        make_split(VECTOR, 3, 26, "float32"),
    )


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "mean_square"])
def test_class_weights(loss, make_network, make_split):
    weighted = ClassWeighted(loss, (0.5, 1.0, 4.0))
    network = make_network(lambda n: softmax(dense(n)), VECTOR, loss=weighted)

    check(network, make_split(VECTOR, 3, 26, "float32"))


def test_stored_bytes(make_network, make_split):
    check(
        make_network(lambda n: softmax(conv(n)), IMAGE),
        make_split(IMAGE, 3, 52, "uint8"),
    )


def test_the_weights_of_a_single_unit_follow_the_seed(make_network, variables_of):
    def drawn():
        np.random.seed(None)
        layer = LAYERS["single_unit"]()

        def stack(net):
            net = tflearn.reshape(layer_function(layer)(net), [-1, 1])
            net = tflearn.reshape(layer_function(layer)(net), [-1, 1])
            return tflearn.fully_connected(net, 3, activation="softmax")

        values = variables_of(make_network(stack, (1,)))
        return [values[f"{name}/W"].item() for name in ("Linear", "Linear_1")]

    first = drawn()
    assert first == drawn()
    assert first[0] != first[1]
