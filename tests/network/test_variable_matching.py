import pytest

from beenet.errors import NetworkError
from beenet.network.variable_matching import check_names, misfit, natural, source

FILE = {
    "Conv2D/W": [5, 5, 1, 32],
    "Conv2D/W/Adam": [5, 5, 1, 32],
    "Conv2D/b": [32],
    "Conv2D_1/W": [5, 5, 32, 64],
    "Conv2D_1/b": [64],
    "FullyConnected/W": [256, 2],
    "FullyConnected/b": [2],
    "Global_Step": [],
}


def test_what_is_not_needed_is_ignored():
    assert misfit({"FullyConnected/W": [256, 2]}, FILE) is None


def test_layers_of_other_names_are_offered_with_the_flags_that_take_them():
    wanted = {
        "conv_layer_1/W": [5, 5, 1, 32],
        "conv_layer_1/b": [32],
        "conv_layer_2/W": [5, 5, 32, 64],
        "conv_layer_2/b": [64],
        "FullyConnected/W": [256, 2],
        "FullyConnected/b": [2],
    }
    assert misfit(wanted, FILE) == (
        "it has no variable conv_layer_1/W [5, 5, 1, 32] (nor conv_layer_1/b, "
        "conv_layer_2/W, conv_layer_2/b); the file's Conv2D/W has that shape: "
        "--rename Conv2D=conv_layer_1 --rename Conv2D_1=conv_layer_2"
    )
    names = {"Conv2D": "conv_layer_1", "Conv2D_1": "conv_layer_2"}
    assert misfit(wanted, FILE, names) is None
    assert source("conv_layer_2/W/Adam", names) == "Conv2D_1/W/Adam"
    assert source("conv_layer_20/W", names) == "conv_layer_20/W"


def test_two_layers_of_one_shape_are_offered_in_the_files_order():
    there = {f"fc_{i}/W": [8, 8] for i in (2, 10, 9)}
    assert misfit({f"h{i}/W": [8, 8] for i in range(3)}, there) == (
        "it has no variable h0/W [8, 8] (nor h1/W, h2/W); the file's fc_2/W has that "
        "shape: --rename fc_2=h0 --rename fc_9=h1 --rename fc_10=h2"
    )


def test_the_nearest_name_or_all_names_where_no_shape_fits():
    assert misfit({"Conv2d/W": [3, 3, 1, 32]}, FILE) == (
        "it has no variable Conv2d/W [3, 3, 1, 32]; did you mean Conv2D/W "
        "[5, 5, 1, 32]?"
    )
    assert misfit({"out/gamma": [7]}, {"x/W": [2]}) == (
        "it has no variable out/gamma [7]; it has x/W"
    )
    many = {f"layer_{i}/kernel": [1] for i in range(20)}
    assert misfit({"zz": [7]}, many).endswith(", layer_11/kernel and 8 more")


def test_another_shape_is_named_by_both_names():
    names = {"Conv2D": "conv"}
    assert misfit({"conv/b": [16]}, FILE, names) == (
        "its variable Conv2D/b is [32], the config's is conv/b [16]"
    )


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            {"Conv2d": "conv"},
            "cannot rename Conv2d to conv: the file has no layer or variable Conv2d; "
            "did you mean Conv2D?",
        ),
        (
            {"Conv2D": "konv"},
            "cannot rename Conv2D to konv: the network has no layer or variable konv; "
            "did you mean conv?",
        ),
    ],
)
def test_a_rename_of_nothing_is_an_error(names, message):
    with pytest.raises(NetworkError) as caught:
        check_names(names, FILE, ["conv/W", "conv/b"])
    assert str(caught.value) == message


def test_numbers_that_are_no_digits_and_endless_ones_are_ordered_too():
    names = ["a²/W", "a" + "9" * 5000, "a007", "a10"]
    assert sorted(names, key=natural) == ["a007", "a10", "a" + "9" * 5000, "a²/W"]


def test_natural_order():
    assert sorted(["c_10", "c", "c_9", "b10x2"], key=natural) == [
        "b10x2",
        "c",
        "c_9",
        "c_10",
    ]
