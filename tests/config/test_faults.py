import math
from typing import Any

import pytest

from beenet.config.faults import (
    Fault,
    FaultsError,
    Place,
    did_you_mean,
    format_path,
    word,
)
from beenet.text.values import show


def test_a_fault_reads_place_path_rule() -> None:
    fault = Fault(Place("c.yaml", 3, 7), ("layers", 0, "dropout"), "is required")
    assert str(fault) == "c.yaml:3:7: layers[0].dropout: is required"
    assert str(Fault(Place("-o a=1"), (), "is bad")) == "-o a=1: is bad"
    assert str(Fault(Place("two\nlines"), (), "a\r\nb")) == "two lines: a b"


def test_faults_are_sorted_by_place() -> None:
    places = [("c.yaml", 10, 1), ("c.yaml", 2, 30), ("c.yaml", 2, 4), ("-o a=1",)]
    error = FaultsError(Fault(Place(*place), (), "x") for place in places)
    assert str(error) == "-o a=1: x\nc.yaml:2:4: x\nc.yaml:2:30: x\nc.yaml:10:1: x"
    assert [fault.place.line for fault in error.faults] == [None, 2, 2, 10]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("a",), "a"),
        ((0, "a", 12, "b"), "[0].a[12].b"),
        (("a b", "", "c.d", "e\nf"), '"a b".""."c.d"."e\\nf"'),
    ],
)
def test_a_path_is_written_on_one_line(path: tuple[str | int, ...], text: str) -> None:
    assert format_path(path) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (1, "1"),
        (1e-5, "1e-05"),
        (2.0, "2.0"),
        (math.inf, ".inf"),
        (-math.inf, "-.inf"),
        (math.nan, ".nan"),
        ("5", '"5"'),
        ("蜂\n", '"蜂\\n"'),
        ([1, "a", None], '[1, "a", null]'),
        ({"a": [1]}, '{"a": [1]}'),
        ("x" * 100, '"' + "x" * 56 + "..."),
        (object, "<class 'object'>"),
    ],
)
def test_a_value_is_shown_on_one_short_line(value: Any, text: str) -> None:
    assert show(value) == text


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("nb_filters", "nb_filter"),
        ("NB_FILTER", "nb_filter"),
        ("filters", "nb_filter"),
        ("kernel_size", "filter_size"),
        ("filtersize", "filter_size"),
    ],
)
def test_did_you_mean_knows_typos_and_other_libraries(given: str, meant: str) -> None:
    known = ["activation", "nb_filter", "filter_size", "strides"]
    assert did_you_mean(given, known) == f"; did you mean '{meant}'?"


def test_did_you_mean_says_nothing_where_nothing_is_near() -> None:
    assert did_you_mean("zebra", ["nb_filter", "strides"]) == ""
    assert did_you_mean("", []) == ""


@pytest.mark.parametrize(
    ("kind", "context", "given", "text"),
    [
        ("bool_type", {}, "yes", 'must be true or false, got "yes"'),
        ("dict_type", {}, 1, "must be a mapping, got 1"),
        ("finite_number", {}, math.nan, "must be a finite number, got .nan"),
        ("float_type", {}, "0,1", 'must be a number, got "0,1"'),
        ("greater_than", {"gt": 0.0}, -1, "must be more than 0, got -1"),
        ("greater_than_equal", {"ge": 1}, 0, "must be at least 1, got 0"),
        ("int_from_float", {}, 1.5, "must be a whole number, got 1.5"),
        ("int_type", {}, None, "must be a whole number, got null"),
        ("less_than", {"lt": 0.5}, 2, "must be less than 0.5, got 2"),
        ("less_than_equal", {"le": 1.0}, 50, "must be at most 1, got 50"),
        ("model_type", {}, [1], "must be a mapping of keys, got [1]"),
        ("string_too_short", {}, "", 'must not be empty, got ""'),
        ("string_type", {}, 3, "must be text, got 3"),
        ("tuple_type", {}, 3, "must be a list, its items after '-' or in [ ], got 3"),
        ("too_short", {"min_length": 1}, [], "must have at least 1 item, got []"),
        ("too_long", {"max_length": 2}, [1, 2, 3],
         "must have at most 2 items, got [1, 2, 3]"),
        ("literal_error", {"expected": "'L1' or 'L2'"}, "l2",
         "must be one of L1, L2, got \"l2\"; did you mean 'L2'?"),
        ("literal_error", {"expected": "'L1' or 'L2'"}, 3,
         "must be one of L1, L2, got 3"),
        ("missing", {}, {}, "is required"),
        ("beenet", {}, 1, "said by beenet"),
        ("never_seen", {}, 1, "said by beenet, got 1"),
    ],
)  # fmt: skip
def test_every_kind_of_error_is_worded(
    kind: str, context: dict[str, Any], given: Any, text: str
) -> None:
    error = {"type": kind, "ctx": context, "input": given, "msg": "said by beenet"}
    assert word(error) == text


def test_braces_of_a_plugin_stay_as_they_are() -> None:
    error = {"type": "string_pattern_mismatch", "ctx": {"pattern": "^a{3}$"}}
    text = "should match '^a{3}$'"
    assert word({**error, "input": "b", "msg": text}) == f'{text}, got "b"'
