import pytest
from hypothesis import given
from hypothesis import strategies as st

from beenet.config.functions import ACTIVATIONS
from beenet.config.layers import LAYERS, ShapeError, show_shape
from beenet.config.layers.base import slide

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
            tensor = layer_function(layer)(tf.placeholder("float32", [None, *before]))
        assert tuple(tensor.shape.as_list()) == (None, *after)


def test_the_table_of_shapes_covers_every_layer() -> None:
    (mark,) = [
        mark
        for mark in test_the_shape_behind_a_layer.pytestmark
        if mark.args[0] != "built"
    ]
    assert {row[0] for row in mark.args[1]} == LAYERS.keys()


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
