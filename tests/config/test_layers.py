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
         "axis 0 is the batch: examples cannot be merged"),
        ({"mode": "sum", "axis": -2}, [(4,), (4,)],
         "axis 0 is the batch: examples cannot be merged"),
        ({"mode": "concat", "axis": 4}, [(8, 6, 3), (8, 6, 3)],
         "there is no axis 4 in 8x6x3, whose axes are 1 to 3"),
        ({"mode": "concat", "axis": -5}, [(8, 6, 3), (8, 6, 3)],
         "there is no axis -5 in 8x6x3, whose axes are 1 to 3"),
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
