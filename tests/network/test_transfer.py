"""Which layers a file fills, and what is said of the others."""

from pathlib import Path

import pytest

from beenet.config.warm_start import WarmStart
from beenet.errors import NetworkError
from beenet.network.transfer import match

FILE = {
    "Conv2D/W": [5, 5, 1, 32],
    "Conv2D/W/Adam": [5, 5, 1, 32],
    "Conv2D/b": [32],
    "Conv2D_1/W": [5, 5, 32, 64],
    "Conv2D_1/b": [64],
    "bn/beta": [64],
    "bn/moving_mean": [64],
    "out/W": [256, 2],
    "out/b": [2],
    "Global_Step": [],
}
OURS = {
    "conv/W": [5, 5, 1, 32],
    "conv/b": [32],
    "Conv2D_1/W": [5, 5, 32, 64],
    "Conv2D_1/b": [64],
    "bn/beta": [64],
    "bn/moving_mean": [64],
    "bn/extra": [64],
    "out/W": [256, 3],
    "out/b": [3],
}


def start(**options) -> WarmStart:
    return WarmStart(model="a.tfl", **options)


def refused(**options) -> str:
    with pytest.raises(NetworkError) as caught:
        match(OURS, FILE, start(**options))
    return str(caught.value)


def test_layers_are_taken_whole_and_the_others_say_why():
    taken = match(OURS, FILE, start())
    assert taken.text(Path("a.tfl")) == (
        "took 1 of 4 layers from a.tfl; fresh: conv (not there), bn (extra is not "
        "there), out (W is 256x2 there, 256x3 here)"
    )
    assert taken.layers == ("Conv2D_1",)


def test_names_lead_to_layers_and_to_variables():
    names = {"Conv2D": "conv", "bn/beta": "bn/extra"}
    taken = match(OURS, FILE, start(names=names))
    assert taken.layers == ("conv", "Conv2D_1")
    # What the file calls bn/beta is another's now.
    assert taken.fresh["bn"] == "not there"


def test_a_name_that_is_given_away_fills_one_layer():
    ours = {"Conv2D_1/b": [64], "new/b": [64]}
    names = {"Conv2D_1": "new"}
    assert match(ours, FILE, start(names=names)).fresh == {"Conv2D_1": "not there"}
    swapped = {"a/b": [1], "b/b": [1]}
    both = match(swapped, swapped, start(names={"a": "b", "b": "a"}))
    assert both.layers == ("a", "b")
    same = match(swapped, swapped, start(names={"a": "a"}))
    assert same.layers == ("a", "b")


def test_all_layers_need_no_reasons():
    ours = {name: FILE[name] for name in ("out/W", "out/b")}
    assert match(ours, FILE, start()).text(Path("m")) == "took all 1 layer from m"


def test_restore_false_and_unasked_layers_stay_fresh():
    taken = match(OURS, FILE, start(layers=("Conv2D_1",)), {"bn/beta"})
    assert taken.fresh == dict.fromkeys(("conv", "bn", "out"), "not among from.layers")
    names = {"Conv2D": "conv"}
    taken = match(OURS, FILE, start(names=names), {"conv/W", "conv/b"})
    assert taken.fresh["conv"] == "restore: false"


def test_nothing_that_fits_is_an_error_with_the_names_that_may_be_meant():
    ours = {"c1/W": [5, 5, 1, 32], "c1/b": [32], "c2/W": [5, 5, 32, 64], "c2/b": [64]}
    with pytest.raises(NetworkError) as caught:
        match(ours, FILE, start(), title="old.tfl")
    assert str(caught.value) == (
        "no layer of old.tfl fits: c1 (not there), c2 (not there); did you mean "
        "from.names: {Conv2D: c1, Conv2D_1: c2}?"
    )
    with pytest.raises(NetworkError) as caught:
        match({"out/W": [1, 1]}, FILE, start())
    assert str(caught.value) == (
        "no layer of the file fits: out (W is 256x2 there, 1x1 here)"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"names": {"Conv2d": "conv"}},
            "cannot rename Conv2d to conv: the file has no layer or variable Conv2d; "
            "did you mean Conv2D?",
        ),
        (
            {"names": {"Conv2D": "konv"}},
            "cannot rename Conv2D to konv: the network has no layer or variable konv; "
            "did you mean conv?",
        ),
        (
            {"layers": ("Conv2D_1", "outt")},
            "from.layers: the network has no layer outt with weights; did you mean "
            "'out'?",
        ),
        (
            {"layers": ("zzz",)},
            "from.layers: the network has no layer zzz with weights; it has conv, "
            "Conv2D_1, bn, out",
        ),
        (
            {"layers": ("Conv2D_1", "out")},
            "from.layers: the file does not fill out: W is 256x2 there, 256x3 here",
        ),
    ],
)
def test_what_cannot_be_done_is_said(options, message):
    assert refused(**options) == message
