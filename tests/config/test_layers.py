import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beenet.config.functions import ACTIVATIONS
from beenet.config.layers import LAYERS, ShapeError
from beenet.config.layers.base import slide
from beenet.text.values import show_shape

sizes = st.integers(1, 60)


def windows(size: int, window: int, stride: int) -> int:
    """Count the places where a window lies wholly within a side."""
    return sum(1 for start in range(0, size, stride) if start + window <= size)


@given(size=sizes, window=sizes, stride=sizes)
def test_without_padding_a_window_stands_where_it_fits(
    size: int, window: int, stride: int
) -> None:
    count = windows(size, window, stride)
    if count:
        assert slide(size, window, stride, "valid", "side") == count
    else:
        with pytest.raises(ShapeError):
            slide(size, window, stride, "valid", "side")


@given(size=sizes, window=sizes, stride=sizes)
def test_with_padding_a_window_starts_at_every_stride(
    size: int, window: int, stride: int
) -> None:
    starts = len(range(0, size, stride))
    assert slide(size, window, stride, "same", "side") == starts


IMAGE = (28, 30, 3)
ROW = (100, 4)
SMALL = (6, 7, 3)
BOX = (5, 6, 7, 2)
STEPS = (6, 3)


@pytest.mark.parametrize(
    ("name", "arguments", "before", "after"),
    [
        ("input_data", {"shape": (30, 84)}, (28, 30, 3), (30, 84)),
        ("fully_connected", {"n_units": 7}, IMAGE, (7,)),
        ("fully_connected", {"n_units": 7, "activation": "crelu"}, IMAGE, (14,)),
        ("dropout", {"keep_prob": 0.5}, IMAGE, IMAGE),
        ("reshape", {"new_shape": (-1, 30, 84)}, IMAGE, (30, 84)),
        ("flatten", {}, IMAGE, (2520,)),
        ("activation", {"activation": "relu"}, IMAGE, IMAGE),
        ("activation", {"activation": "crelu"}, IMAGE, (28, 30, 6)),
        ("highway", {"n_units": 2520}, IMAGE, (2520,)),
        ("conv_2d", {"nb_filter": 8, "filter_size": 5}, IMAGE, (28, 30, 8)),
        ("conv_2d", {"nb_filter": 8, "filter_size": 5, "padding": "valid"}, IMAGE,
         (24, 26, 8)),
        ("conv_2d", {"nb_filter": 8, "filter_size": (3, 5), "strides": (2, 3),
                     "padding": "valid"}, IMAGE, (13, 9, 8)),
        ("conv_2d", {"nb_filter": 8, "filter_size": 3, "strides": 3,
                     "activation": "crelu"}, IMAGE, (10, 10, 16)),
        ("conv_1d", {"nb_filter": 8, "filter_size": 5}, ROW, (100, 8)),
        ("conv_1d", {"nb_filter": 8, "filter_size": 5, "strides": 2,
                     "padding": "valid"}, ROW, (48, 8)),
        ("max_pool_2d", {"kernel_size": 3}, IMAGE, (10, 10, 3)),
        ("max_pool_2d", {"kernel_size": 3, "padding": "valid"}, IMAGE, (9, 10, 3)),
        ("max_pool_2d", {"kernel_size": 3, "strides": 2}, IMAGE, (14, 15, 3)),
        ("max_pool_2d", {"kernel_size": (2, 3), "strides": (3, 2),
                         "padding": "valid"}, IMAGE, (9, 14, 3)),
        ("avg_pool_2d", {"kernel_size": 4}, IMAGE, (7, 8, 3)),
        ("max_pool_1d", {"kernel_size": 3}, ROW, (34, 4)),
        ("max_pool_1d", {"kernel_size": 3, "padding": "valid"}, ROW, (33, 4)),
        ("avg_pool_1d", {"kernel_size": 3, "strides": 2}, ROW, (50, 4)),
        ("global_max_pool", {}, IMAGE, (3,)),
        ("global_avg_pool", {}, IMAGE, (3,)),
        ("batch_normalization", {}, IMAGE, IMAGE),
        ("local_response_normalization", {}, IMAGE, IMAGE),
        ("single_unit", {}, (1,), ()),
        ("single_unit", {"bias": False, "activation": "relu"}, (1, 1), ()),
        ("one_hot_encoding", {"n_classes": 4}, (5,), (5, 4)),
        ("one_hot_encoding", {"n_classes": 4, "on_value": 2}, (), (4,)),
        ("dropout", {"keep_prob": 0.5, "noise_shape": (1, 1, 1, 3)}, IMAGE, IMAGE),
        ("conv_3d", {"nb_filter": 2, "filter_size": 3}, BOX, (5, 6, 7, 2)),
        ("conv_3d", {"nb_filter": 2, "filter_size": (1, 2, 3), "strides": (1, 2, 3),
                     "padding": "valid", "activation": "crelu"}, BOX, (5, 3, 2, 4)),
        ("conv_2d_transpose", {"nb_filter": 2, "filter_size": 3,
                               "output_shape": (6, 7)}, SMALL, (6, 7, 2)),
        ("conv_2d_transpose", {"nb_filter": 2, "filter_size": (2, 3), "strides": 2,
                               "output_shape": (11, 14, 2)}, SMALL, (11, 14, 2)),
        ("conv_2d_transpose", {"nb_filter": 2, "filter_size": 3, "padding": "valid",
                               "activation": "crelu", "output_shape": (8, 9)}, SMALL,
         (8, 9, 4)),
        ("conv_3d_transpose", {"nb_filter": 2, "filter_size": 3,
                               "output_shape": (5, 6, 7)}, BOX, (5, 6, 7, 2)),
        ("conv_3d_transpose", {"nb_filter": 2, "filter_size": 2, "padding": "valid",
                               "strides": (2, 3, 2), "output_shape": (10, 17, 14, 2)},
         BOX, (10, 17, 14, 2)),
        ("atrous_conv_2d", {"nb_filter": 2, "filter_size": 3, "rate": 2}, SMALL,
         (6, 7, 2)),
        ("atrous_conv_2d", {"nb_filter": 2, "filter_size": (3, 2), "rate": 2,
                            "padding": "valid"}, SMALL, (2, 5, 2)),
        ("grouped_conv_2d", {"channel_multiplier": 2, "filter_size": 3}, SMALL,
         (6, 7, 6)),
        ("grouped_conv_2d", {"channel_multiplier": 2, "filter_size": (2, 3),
                             "strides": 2, "padding": "valid", "activation": "crelu"},
         SMALL, (3, 3, 12)),
        ("highway_conv_2d", {"nb_filter": 2, "filter_size": 3, "strides": (2, 3),
                             "bias_init": {"normal": {"mean": 1.0}}}, SMALL, (3, 3, 2)),
        ("highway_conv_2d", {"nb_filter": 2, "filter_size": 3, "padding": "valid"},
         SMALL, (4, 5, 2)),
        ("highway_conv_1d", {"nb_filter": 2, "filter_size": 3}, ROW, (100, 2)),
        ("highway_conv_1d", {"nb_filter": 2, "filter_size": 3, "padding": "valid"},
         ROW, (98, 2)),
        ("max_pool_3d", {"kernel_size": 2}, BOX, BOX),
        ("max_pool_3d", {"kernel_size": (2, 3, 2), "strides": (2, 1, 3),
                         "padding": "valid"}, BOX, (2, 4, 2, 2)),
        ("avg_pool_3d", {"kernel_size": 2, "strides": 2}, BOX, (3, 3, 4, 2)),
        ("upsample_2d", {"kernel_size": (2, 3)}, SMALL, (12, 21, 3)),
        ("upscore_layer", {"num_classes": 2}, SMALL, (11, 13, 2)),
        ("upscore_layer", {"num_classes": 3, "kernel_size": 5, "strides": 3}, SMALL,
         (16, 19, 3)),
        ("upscore_layer", {"num_classes": 2, "strides": (2, 3), "shape": (12, 20)},
         SMALL, (12, 20, 2)),
        ("upscore_layer3d", {"num_classes": 2}, BOX, (9, 11, 13, 2)),
        ("upscore_layer3d", {"num_classes": 1, "shape": (10, 12, 14)}, BOX,
         (10, 12, 14, 1)),
        ("residual_block", {"nb_blocks": 2, "out_channels": 3}, SMALL, SMALL),
        ("residual_block", {"nb_blocks": 2, "out_channels": 7, "downsample": True,
                            "activation": "crelu"}, SMALL, (2, 2, 7)),
        ("residual_bottleneck", {"nb_blocks": 2, "bottleneck_size": 2,
                                 "out_channels": 5, "downsample": True,
                                 "downsample_strides": 3}, SMALL, (1, 1, 5)),
        ("residual_bottleneck", {"nb_blocks": 1, "bottleneck_size": 2,
                                 "out_channels": 3}, SMALL, SMALL),
        ("resnext_block", {"nb_blocks": 1, "out_channels": 5, "cardinality": 32}, SMALL,
         (6, 7, 5)),
        ("resnext_block", {"nb_blocks": 2, "out_channels": 3, "cardinality": 8,
                           "downsample": True, "batch_norm": False}, SMALL, (2, 2, 3)),
        ("densenet_block", {"nb_layers": 2, "growth": 4}, SMALL, (3, 4, 4)),
        ("densenet_block", {"nb_layers": 1, "growth": 4, "bottleneck": False,
                            "downsample_strides": 3, "dropout": True}, SMALL,
         (2, 3, 4)),
        ("densenet_block", {"nb_layers": 1, "growth": 4, "downsample": False,
                            "activation": "crelu"}, SMALL, (6, 7, 4)),
        ("l2_normalize", {"dim": 3}, SMALL, SMALL),
        ("simple_rnn", {"n_units": 5}, STEPS, (5,)),
        ("simple_rnn", {"n_units": 5, "return_seq": True, "dropout": (0.5, 0.8),
                        "weights_init": {"normal": {"stddev": 0.1}}}, STEPS, (6, 5)),
        ("lstm", {"n_units": 5, "dynamic": True}, STEPS, (5,)),
        ("lstm", {"n_units": 5, "return_seq": True, "dropout": 0.5,
                  "activation": "relu", "inner_activation": "hard_sigmoid"}, STEPS,
         (6, 5)),
        ("gru", {"n_units": 5, "weights_init": "xavier"}, STEPS, (5,)),
        ("gru", {"n_units": 5, "return_seq": True, "dynamic": True}, STEPS, (6, 5)),
        ("bidirectional_rnn", {"rnncell_fw": {"BasicLSTMCell": {"num_units": 5}},
                               "rnncell_bw": {"gru": {"num_units": 5}}}, STEPS, (10,)),
        ("bidirectional_rnn", {"rnncell_fw": {"BasicRNNCell": {"num_units": 2}},
                               "rnncell_bw": {"basic_lstm": {"num_units": 2,
                                                             "batch_norm": True}},
                               "return_seq": True, "dynamic": True}, STEPS, (6, 4)),
        ("embedding", {"input_dim": 9, "output_dim": 4}, (6,), (6, 4)),
        ("reduce_mean", {"axis": 1}, SMALL, (7, 3)),
        ("reduce_mean", {"axis": (1, -2), "keepdims": True}, SMALL, (1, 1, 3)),
        ("reduce_max", {"axis": -1}, SMALL, (6, 7)),
        ("reduce_sum", {"axis": (1, 2, 3)}, SMALL, ()),
        ("time_distributed", {"fn": {"fully_connected": {"n_units": 8}}}, STEPS,
         (6, 8)),
        ("time_distributed", {"fn": {"conv_2d": {"nb_filter": 2, "filter_size": 3,
                                                 "padding": "valid"}}, "scope": "td"},
         BOX, (5, 4, 5, 2)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("built", [False, True], ids=["said", "built"])
def test_the_shape_behind_a_layer(
    name: str,
    arguments: dict[str, object],
    before: tuple[int, ...],
    after: tuple[int, ...],
    built: bool,
) -> None:
    """What the model says is right, and is what TFLearn builds."""
    layer = LAYERS[name].model_validate(arguments)
    if not built:
        assert layer.output_shape(before) == after
        return
    from beenet.network.layers import layer_function
    from beenet.tflearn_backend import tf, tflearn

    with tf.Graph().as_default():
        tflearn.config.init_training_mode()
        if name == "input_data":  # which is built on nothing
            tensor = tflearn.input_data([None, *layer.arguments()["shape"]])
        else:
            x = tf.placeholder("float32", [None, *before])
            tensor = layer_function(layer)(x)
        assert tuple(tensor.shape.as_list()) == (None, *after)
        if any(part in name for part in ("transpose", "upsample", "upscore")):
            # TFLearn says this shape itself: only a run shows that it is true.
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                assert (
                    session.run(tensor, {x: np.ones((2, *before))}).shape[1:] == after
                )


def test_the_table_of_shapes_covers_every_layer() -> None:
    (mark,) = [
        mark
        for mark in test_the_shape_behind_a_layer.pytestmark
        if mark.args[0] != "built"
    ]
    of_one = {name for name, model in LAYERS.items() if not model.takes_many}
    assert {row[0] for row in mark.args[1]} == of_one


@pytest.mark.parametrize(
    ("arguments", "before", "after"),
    [
        ({"mode": "concat", "axis": 3}, [(8, 6, 3), (8, 6, 5)], (8, 6, 8)),
        ({"mode": "concat", "axis": -1}, [(8, 6, 3), (8, 6, 5), (8, 6, 1)], (8, 6, 9)),
        ({"mode": "concat"}, [(4,), (5,)], (9,)),
        ({"mode": "concat", "axis": 2}, [(8, 6, 3), (8, 5, 3)], (8, 11, 3)),
        ({"mode": "elemwise_sum"}, [(8, 6, 3), (8, 6, 3)], (8, 6, 3)),
        ({"mode": "elemwise_mul"}, [(1, 1, 3), (8, 6, 3)], (8, 6, 3)),
        ({"mode": "sum", "axis": 3}, [(8, 6, 3), (8, 6, 5)], (8, 6)),
        ({"mode": "mean"}, [(8, 3), (6, 3)], (3,)),
        ({"mode": "prod", "axis": -1}, [(8, 3), (8, 1)], (8,)),
        ({"mode": "max", "axis": 2}, [(8, 3), (8, 1)], (8,)),
        ({"mode": "min"}, [(8, 3), (8, 3)], (3,)),
        (None, [(4,), (5,)], (9,)),
        (None, [(4, 2), (5, 2)], (9, 2)),
    ],
)
@pytest.mark.parametrize("built", [False, True], ids=["said", "built"])
def test_the_shape_behind_a_merge(
    arguments: dict[str, object] | None,
    before: list[tuple[int, ...]],
    after: tuple[int, ...],
    built: bool,
) -> None:
    name = "merge_outputs" if arguments is None else "merge"
    layer = LAYERS[name].model_validate(arguments or {})
    if not built:
        assert layer.output_shape(*before) == after
        return
    from beenet.network.layers import layer_function
    from beenet.tflearn_backend import tf

    with tf.Graph().as_default():
        incoming = [tf.placeholder("float32", [None, *shape]) for shape in before]
        tensor = layer_function(layer)(incoming)
        assert tuple(tensor.shape.as_list()) == (None, *after)


@pytest.mark.parametrize(
    ("arguments", "shapes", "reason"),
    [
        ({"mode": "concat", "axis": 0}, [(4,), (4,)],
         "axis 0 is not an axis of 4, whose axes are 1 to 1; the batch is axis 0"),
        ({"mode": "sum", "axis": -2}, [(4,), (4,)],
         "axis -2 is not an axis of 4, whose axes are 1 to 1; the batch is axis 0"),
        ({"mode": "concat", "axis": 4}, [(8, 6, 3), (8, 6, 3)],
         "axis 4 is not an axis of 8x6x3, whose axes are 1 to 3; the batch is axis 0"),
        ({"mode": "concat", "axis": -5}, [(8, 6, 3), (8, 6, 3)],
         "axis -5 is not an axis of 8x6x3, whose axes are 1 to 3; the batch is axis 0"),
        ({"mode": "concat"}, [(8, 6, 3), (8, 6, 5)],
         "8x6x3 and 8x6x5 cannot be joined along axis 1: all other sides must be "
         "equal; did you mean axis: 3?"),
        ({"mode": "concat", "axis": 3}, [(8, 6, 3), (4, 3, 3)],
         "8x6x3 and 4x3x3 cannot be joined along axis 3: all other sides must be "
         "equal"),
        ({"mode": "concat"}, [(8, 6, 3), (3,)],
         "8x6x3 and 3 cannot be merged: they need as many sides"),
        ({"mode": "elemwise_sum"}, [(8, 6, 3), (8, 6, 5)],
         "8x6x3 and 8x6x5 cannot be combined number by number: their sides must be "
         "equal, or 1"),
        ({"mode": "elemwise_mul"}, [(8, 6, 3), (3,)],
         "8x6x3 and 3 cannot be merged: they need as many sides"),
        ({"mode": "and"}, [(4,), (4,)],
         "mode and needs truth values, which no layer has"),
    ],
)  # fmt: skip
def test_a_merge_says_why_it_cannot_be(
    arguments: dict[str, object], shapes: list[tuple[int, ...]], reason: str
) -> None:
    with pytest.raises(ShapeError) as caught:
        LAYERS["merge"].model_validate(arguments).output_shape(*shapes)
    assert str(caught.value) == reason


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_only_crelu_changes_a_shape(name: str) -> None:
    layer = LAYERS["activation"].model_validate({"activation": name})
    assert (layer.output_shape((4, 5)) == (4, 5)) == (name != "crelu")


@pytest.mark.parametrize(
    ("name", "arguments", "shape", "reason"),
    [
        ("conv_2d", {"nb_filter": 1, "filter_size": 2}, ROW,
         "conv_2d needs examples of shape (height, width, channels), gets 100x4"),
        ("conv_1d", {"nb_filter": 1, "filter_size": 2}, IMAGE,
         "conv_1d needs examples of shape (steps, channels), gets 28x30x3"),
        ("max_pool_2d", {"kernel_size": 2}, (5,),
         "max_pool_2d needs examples of shape (height, width, channels), gets 5"),
        ("avg_pool_1d", {"kernel_size": 2}, (5,),
         "avg_pool_1d needs examples of shape (steps, channels), gets 5"),
        ("global_avg_pool", {}, ROW,
         "global_avg_pool needs examples of shape (height, width, channels), "
         "gets 100x4"),
        ("local_response_normalization", {}, ROW,
         "local_response_normalization needs examples of shape "
         "(height, width, channels), gets 100x4"),
        ("max_pool_1d", {"kernel_size": 101, "padding": "valid"}, ROW,
         "a window of 101 does not fit a length of 100 without padding"),
        ("conv_3d", {"nb_filter": 1, "filter_size": 2}, IMAGE,
         "conv_3d needs examples of shape (depth, height, width, channels), gets "
         "28x30x3"),
        ("conv_3d", {"nb_filter": 1, "filter_size": 6, "padding": "valid"}, BOX,
         "a window of 6 does not fit a depth of 5 without padding"),
        ("conv_2d_transpose", {"nb_filter": 2, "filter_size": 3,
                               "output_shape": (8, 9)}, SMALL,
         "output_shape 8x9 does not fit: a convolution would make 8x9 of it, where "
         "6x7 comes in"),
        ("conv_2d_transpose", {"nb_filter": 2, "filter_size": 3,
                               "output_shape": (6, 7, 5)}, SMALL,
         "output_shape needs 2 sides, and may end in nb_filter (2), but is 6x7x5"),
        ("grouped_conv_2d", {"channel_multiplier": 1, "filter_size": 1,
                             "strides": (1, 2)}, SMALL,
         "grouped_conv_2d needs equal strides for height and width, gets 1 and 2"),
        ("highway_conv_1d", {"nb_filter": 1, "filter_size": 1, "activation": "crelu"},
         ROW, "highway_conv_1d cannot use crelu, which doubles the channels"),
        ("upscore_layer", {"num_classes": 4}, SMALL,
         "upscore_layer makes at most as many channels as come in (3), but "
         "num_classes is 4"),
        ("upscore_layer", {"num_classes": 3, "strides": (2, 3)}, SMALL,
         "upscore_layer without shape needs equal strides, gets 2, 3"),
        ("upscore_layer", {"num_classes": 3, "shape": (12, 15)}, SMALL,
         "shape 12x15 does not fit: with these strides 6x8 would have to come in, "
         "not 6x7"),
        ("upscore_layer3d", {"num_classes": 1, "shape": (9, 11)}, BOX,
         "shape needs 3 sides, is 9x11"),
        ("residual_block", {"nb_blocks": 1, "out_channels": 6}, SMALL,
         "residual_block pads its input with as many empty channels before as "
         "behind: out_channels must be 3, or more by an even number, is 6"),
        ("resnext_block", {"nb_blocks": 1, "out_channels": 3, "cardinality": 2,
                           "activation": "crelu"}, SMALL,
         "resnext_block cannot use crelu, which doubles the channels"),
        ("lstm", {"n_units": 5}, (7,),
         "lstm needs examples of shape (steps, features), gets 7"),
        ("gru", {"n_units": 5, "inner_activation": "crelu"}, STEPS,
         "gru cannot use crelu, which doubles the channels"),
        ("bidirectional_rnn", {"rnncell_fw": {"gru": {"num_units": 1}},
                               "rnncell_bw": {"gru": {"num_units": 1,
                                                      "activation": "crelu"}}}, STEPS,
         "GRUCell cannot use crelu, which doubles the channels"),
        ("embedding", {"input_dim": 5, "output_dim": 2}, ROW,
         "embedding needs examples of shape (steps), gets 100x4"),
        ("single_unit", {}, (3,),
         "single_unit needs examples of a single number, gets 3; use fully_connected"),
        ("flatten", {}, (),
         "flatten needs examples with at least one side, gets single numbers; reshape "
         "them to [-1, 1] first"),
        ("dropout", {"keep_prob": 0.5, "noise_shape": (28, 30, 3)}, SMALL,
         "noise_shape 28x30x3 cannot be broadcast over a batch of 6x7x3: it needs 1 "
         "for the batch, and 1 or the whole side for each side"),
        ("l2_normalize", {"dim": 0}, SMALL,
         "axis 0 is not an axis of 6x7x3, whose axes are 1 to 3; the batch is axis 0"),
        ("reduce_max", {"axis": (1, -3)}, SMALL, "reduce_max is given an axis twice"),
        ("reduce_sum", {"axis": 4}, SMALL,
         "axis 4 is not an axis of 6x7x3, whose axes are 1 to 3; the batch is axis 0"),
        ("time_distributed", {"fn": "flatten"}, (5,),
         "time_distributed needs examples of shape (steps, ...), gets 5"),
        ("time_distributed", {"fn": "global_avg_pool"}, STEPS,
         "global_avg_pool needs examples of shape (height, width, channels), gets 3"),
    ],
)  # fmt: skip
def test_a_layer_says_what_it_cannot_be_built_on(
    name: str, arguments: dict[str, object], shape: tuple[int, ...], reason: str
) -> None:
    layer = LAYERS[name].model_validate(arguments)
    with pytest.raises(ShapeError) as caught:
        layer.output_shape(shape)
    assert str(caught.value) == reason


def test_shapes_are_written_as_people_write_them() -> None:
    assert show_shape((28, 28, 1)) == "28x28x1"
    assert show_shape((10,)) == "10"
    assert show_shape(()) == "a single number"


@pytest.mark.parametrize(
    ("layer", "fault"),
    [
        ("lstm: {n_units: 3, bias: false}",
         "lstm.bias: must stay true: TFLearn's recurrent cells have biases whatever "
         "it says"),
        ("bidirectional_rnn: {rnncell_fw: {gru: {num_units: 2}}, "
         "rnncell_bw: {gru: {num_units: 3}}}",
         "bidirectional_rnn: needs as many units both ways, got 2 and 3"),
        ("bidirectional_rnn: {rnncell_fw: {lstm: {num_units: 2}}, "
         "rnncell_bw: {gru: {num_units: 2}}}",
         'bidirectional_rnn.rnncell_fw: is not a recurrent cell that beenet knows, '
         'got "lstm"; known are BasicRNNCell, BasicLSTMCell, GRUCell'),
        ("time_distributed: {fn: flatten, scope: a}",
         "time_distributed: has a scope, but its flatten takes none"),
        ("time_distributed: {fn: {fully_conected: {n_units: 8}}}",
         'time_distributed.fn: is not a layer for a step that beenet knows, got '
         "\"fully_conected\"; did you mean 'fully_connected'?"),
        ("time_distributed: {fn: {fully_connected: {n_unit: 8, n_units: 3}}}",
         "time_distributed.fn.fully_connected.n_unit: is not a known key; did you "
         "mean 'n_units'?"),
        ("resnext_block: {nb_blocks: 1, out_channels: 3, cardinality: 3}",
         "resnext_block.cardinality: must be one of 1, 2, 4, 8, 32, got 3"),
        ("highway_conv_1d: {nb_filter: 1, filter_size: 1, strides: 2}",
         "highway_conv_1d.strides: must be at most 1, got 2"),
        ("reduce_mean: {axis: 0}",
         "reduce_mean.axis: must be an axis counted from 1 behind the batch, or from "
         "the end as -1, or a list, got 0"),
        ("conv_2d_transpose: {nb_filter: 1, filter_size: 1}",
         "conv_2d_transpose.output_shape: is required"),
        ("conv_3d: {nb_filter: 1, filter_size: [1, 2]}",
         "conv_3d.filter_size: must be a whole number of 1 or more, or a list of three "
         "(depth, height, width), got [1, 2]"),
    ],
)  # fmt: skip
def test_a_fault_of_an_argument_is_named(refuse, layer: str, fault: str) -> None:
    text = f"dataset: MNIST\nlayers:\n  - {layer}\n"
    faults = [line.split(": ", 1)[1] for line in refuse(text)]
    assert faults == [f"layers[0].{fault}"]
