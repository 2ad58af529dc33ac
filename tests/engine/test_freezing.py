"""``trainable: false`` leaves weights as they are, to the bit, in TFLearn's layers."""

import inspect

import pytest

from beenet.engine import TrainLoop
from beenet.tflearn_backend import tf, tflearn

IMAGE = (8, 8, 4)
SERIES = (6, 3)
VOLUME = (4, 4, 4, 2)
VECTOR = (24,)

conv = tflearn.layers.conv
LAYERS = {
    "fully_connected": (VECTOR, {"n_units": 5}),
    "highway": (VECTOR, {"n_units": 24}),
    "conv_1d": (SERIES, {"nb_filter": 3, "filter_size": 3}),
    "conv_2d": (IMAGE, {"nb_filter": 3, "filter_size": 3, "regularizer": "L2"}),
    "conv_3d": (VOLUME, {"nb_filter": 3, "filter_size": 3}),
    "conv_2d_transpose": (
        IMAGE,
        {"nb_filter": 3, "filter_size": 3, "output_shape": [8, 8]},
    ),
    "conv_3d_transpose": (
        VOLUME,
        {"nb_filter": 3, "filter_size": 3, "output_shape": [4, 4, 4]},
    ),
    "atrous_conv_2d": (IMAGE, {"nb_filter": 3, "filter_size": 3, "rate": 2}),
    "grouped_conv_2d": (IMAGE, {"channel_multiplier": 2, "filter_size": 3}),
    "highway_conv_1d": (SERIES, {"nb_filter": 3, "filter_size": 3}),
    "highway_conv_2d": (IMAGE, {"nb_filter": 4, "filter_size": 3}),
    "resnext_block": (IMAGE, {"nb_blocks": 1, "out_channels": 4, "cardinality": 2}),
    "batch_normalization": (IMAGE, {}),
    "simple_rnn": (SERIES, {"n_units": 4}),
    "lstm": (SERIES, {"n_units": 4}),
    "gru": (SERIES, {"n_units": 4}),
    "embedding": ((6,), {"input_dim": 5, "output_dim": 3}),
    "prelu": (VECTOR, {}),
}
BLOCKS = {
    "residual_block": {"nb_blocks": 1, "out_channels": 4},
    "residual_bottleneck": {
        "nb_blocks": 1,
        "bottleneck_size": 2,
        "out_channels": 4,
    },
    "densenet_block": {"nb_layers": 1, "growth": 2},
}
MODULES = (
    tflearn.layers.core,
    conv,
    tflearn.layers.normalization,
    tflearn.layers.recurrent,
    tflearn.layers.embedding_ops,
    tflearn.activations,
)


def tflearns(name):
    (function,) = {getattr(m, name) for m in MODULES if hasattr(m, name)}
    return function


def test_every_layer_that_can_be_frozen_is_looked_at():
    can = {
        name
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if "trainable" in inspect.signature(function).parameters
        and function.__module__ == module.__name__
    }
    not_for_classes = {"single_unit", "upscore_layer", "upscore_layer3d", "_linear"}
    assert can - not_for_classes == LAYERS.keys() | BLOCKS.keys()


@pytest.mark.parametrize(
    "shape", sorted({shape for shape, _ in LAYERS.values()}), ids=str
)
def test_a_frozen_layer_stays_to_the_bit(shape, make_network, make_split, variables_of):
    """Those that stand on such examples, side by side."""
    here = {name: given for name, (taken, given) in LAYERS.items() if taken == shape}

    def beside(net):
        made = [
            tflearns(name)(net, trainable=False, name=f"frozen_{name}", **given)
            for name, given in here.items()
        ]
        net = tf.concat([tflearn.flatten(layer) for layer in made], axis=1)
        return tflearn.fully_connected(net, 3, activation="softmax", name="out")

    network = make_network(beside, shape)
    before = variables_of(network)
    split = make_split(shape, 3, 26, "float32")
    list(TrainLoop(network, split, batch_size=8, seed=3).run_epoch(0))
    after = variables_of(network)
    changed = {n for n in before if before[n].tobytes() != after[n].tobytes()}
    frozen = {n for n in before if n.lower().startswith("frozen_")}
    assert {n.lower().split("/")[0] for n in frozen} == {f"frozen_{n}" for n in here}
    assert {"out/W", "out/b"} <= changed
    # What batch normalization measures is not learned: it follows the data.
    averages = {n for n in frozen if "moving_" in n}
    assert changed & frozen == averages


@pytest.mark.parametrize("name", BLOCKS)
def test_tflearn_leaves_the_batch_normalization_of_its_blocks_learning(name):
    """As lint warns; beenet keeps TFLearn's graph."""
    with tf.Graph().as_default():
        tflearn.config.init_training_mode()
        net = tflearn.input_data([None, *IMAGE])
        tflearns(name)(net, trainable=False, **BLOCKS[name])
        learning = {v.op.name.split("/")[-1] for v in tf.trainable_variables()}
    assert learning == {"beta", "gamma"}
