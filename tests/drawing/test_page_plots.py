"""The page's pictures: whole SVGs, small, harmless, the same for the same numbers."""

import re
from xml.etree import ElementTree

import pytest

from beenet.drawing.page_plots import (
    Parameter,
    _have_room,
    _is_geometric,
    heat_map,
    overlaid_curves,
    parameter_plot,
    run_curves,
)
from beenet.runs.history import Epoch

EVIL = "<script>$x$\x00\"'&"


def history(epochs, scale=1.0):
    return [
        Epoch("MNIST", n, n, 1 / n, 0.5, scale / n, 1 - 0.5 / n, 1.0)
        for n in range(1, epochs + 1)
    ]


def parsed(svg):
    root = ElementTree.fromstring(svg)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    return root


def test_a_run_has_two_panels_of_a_few_kilobytes():
    drawn = run_curves(history(5), best=2, baseline=0.1, key="run0")
    assert drawn == run_curves(history(5), best=2, baseline=0.1, key="run0")
    assert len(drawn) == 2
    for svg in drawn:
        assert len(svg) < 10_000
        assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
        assert parsed(svg).get("role") == "img"


def test_no_two_pictures_of_a_page_share_an_id():
    one, two = (
        {e.get("id") for svg in drawn for e in parsed(svg).iter() if e.get("id")}
        for drawn in (
            run_curves(history(5), best=2, baseline=0.1, key=key) for key in ("a", "b")
        )
    )
    assert one
    assert not one & two


def test_overlaid_curves_can_be_found_and_coloured():
    runs = {3: history(4), 7: history(1), 9: history(4, scale=1e6)}
    accuracy, loss = overlaid_curves(runs, baseline=0.1, key="set0")
    for svg in (accuracy, loss):
        lines = [e for e in parsed(svg).iter() if e.get("data-run")]
        assert [line.get("data-run") for line in lines] == ["3", "7", "9"]
        for line in lines:
            assert "currentColor" in ElementTree.tostring(line, encoding="unicode")
        assert "#010203" not in svg


@pytest.mark.parametrize(
    "values", [[0.001, 0.1, 0.1], [1.0, 2.0, 2.0], ["a", EVIL, EVIL]]
)
def test_a_parameter_has_its_plot(values):
    parameter = Parameter(EVIL, values, [0.5, 0.6, 0.7])
    svg = parameter_plot(parameter, baseline=0.1, key="s")
    parsed(svg)
    assert "<script" not in svg
    assert svg == parameter_plot(parameter, baseline=0.1, key="s")


@pytest.mark.parametrize(
    ("values", "geometric"),
    [
        ([0.03, 0.1, 0.5], True),
        ([8, 16, 32, 64], True),
        ([0.001, 0.9, 1], True),  # three decades
        ([1, 2, 3, 4], False),
        ([0, 0.1, 1], False),
        ([5], False),
    ],
)
def test_an_axis_is_logarithmic_where_that_spreads_values(values, geometric):
    assert _is_geometric(values) == geometric


@pytest.mark.parametrize(
    ("values", "room"),
    [
        ([0.001, 0.01, 0.1], True),
        ([1, 2, 3, 4, 5, 6, 7, 8], True),
        ([0.00267, 0.00381, 0.125, 0.262, 0.9], False),
        ([10, 11, 500], False),
        (list(range(9)), False),
        ([5], True),
    ],
)
def test_values_have_labels_of_their_own_where_there_is_room(values, room):
    assert _have_room(values) == room


def test_a_heat_map_tells_means():
    rates = Parameter("rate", [0.1, 0.1, 0.2], [0.5, 0.7, 0.9])
    units = Parameter("units", ["a", "a", "b"], [0.5, 0.7, 0.9])
    svg = heat_map(rates, units, baseline=0.1, key="s")
    assert ">0.6000<" in svg
    assert ">0.9000<" in svg
    many = Parameter("many", list(map(float, range(20))), [0.5] * 20)
    assert heat_map(many, many, baseline=0.1, key="s") is None


def test_a_heat_map_has_each_mean_at_its_pair():
    means = [0.11, 0.12, 0.13, 0.21, 0.22, 0.23]
    x = Parameter("x", [1.0, 1.0, 1.0, 2.0, 2.0, 2.0], means)
    y = Parameter("y", [10.0, 20.0, 30.0] * 2, means)
    svg = heat_map(x, y, baseline=0.1, key="s")
    found = re.findall(r'x="([\d.]+)" y="([\d.]+)"[^>]*>([\d.]+)</text>', svg)
    at = {label: (float(left), float(top)) for left, top, label in found}
    for mean, column, row in zip(means, x.values, y.values, strict=True):
        left, top = at[f"{mean:.4f}"]
        assert left == pytest.approx(at[f"{column:g}"][0], abs=1)
        assert top == pytest.approx(at[f"{row:g}"][1], abs=3)


def test_a_logarithmic_axis_has_plain_numbers():
    rates = [10 ** (-3 + i / 6) for i in range(12)]
    drawn = parameter_plot(Parameter("rate", rates, rates), baseline=0.1, key="s")
    assert ">0.002<" in drawn
    assert ">0.05<" in drawn
    assert "mathdefault" not in drawn
