"""Turns of phrase that many messages share."""

import pytest

from beenet.text.words import counted, first_line, listed, reason


def test_numbers_with_their_nouns():
    assert [counted(n, "step") for n in (0, 1, 5000)] == [
        "0 steps",
        "1 step",
        "5,000 steps",
    ]


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("a b\nc", "a b"),
        ("\n  \n d \n", "d"),
        ("", "ValueError"),
        (" \n", "ValueError"),
    ],
)
def test_the_first_line_that_says_something(said, line):
    assert first_line(ValueError(said)) == line


def test_many_names_are_cut_short():
    assert listed(["a", "b"], 2) == "a, b"
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"
    assert listed([], 2) == ""


def test_what_went_wrong_with_a_file_is_said_without_its_name():
    assert reason(FileNotFoundError(2, "No such file", "x")) == "No such file"
    assert reason(OSError("broken\npipe")) == "broken"
    assert reason(ValueError()) == "ValueError"
