"""Turns of phrase that many messages share."""

import pytest

from beenet.words import counted, first_line


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
