"""A run may become longer, and end sooner while it is not finished."""

import pytest

from beenet.config.differences import Difference, differences, is_resized

THERE = {"name": "a", "layers": [{"dropout": {}}], "training": {"epochs": 5, "seed": 1}}


def asked(epochs, **changes):
    training = {**THERE["training"], "epochs": epochs}
    return {**THERE, "training": training, **changes}


@pytest.mark.parametrize(
    ("epochs", "finished", "may"),
    [
        (6, True, True),
        (6, False, True),
        (5, True, False),
        (5, False, False),
        (4, True, False),
        (4, False, True),
    ],
)
def test_the_number_of_epochs_alone_may_change(epochs, finished, may):
    assert is_resized(THERE, asked(epochs), finished=finished) == may
    assert not is_resized(THERE, asked(epochs, name="b"), finished=finished)


@pytest.mark.parametrize("there", [None, [], {}, {"training": 3}, {"training": {}}])
def test_what_is_no_run_becomes_nothing(there):
    assert not is_resized(there, asked(9), finished=False)


def test_long_values_are_shown_from_where_they_differ():
    home = "/home/lab/measurements/of/a/hive/in/the/summer/of/2018"
    one, other = ({"dataset": {"path": f"{home}/{x}/data"}} for x in ("here", "there"))
    assert differences(one, other) == [
        Difference(
            "dataset.path",
            '.../the/summer/of/2018/here/data"',
            '.../the/summer/of/2018/there/data"',
        )
    ]


def test_differences_are_told_key_by_key():
    other = asked(7, layers=[{"dropout": {"keep_prob": 0.5}}, "flatten"])
    assert differences(THERE, other) == [
        Difference("layers[0].dropout", "{}", "nothing"),
        Difference("training.epochs", "5", "7"),
        Difference("layers[0].dropout.keep_prob", "nothing", "0.5"),
        Difference("layers[1]", "nothing", '"flatten"'),
    ]
