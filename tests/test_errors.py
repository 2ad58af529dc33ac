import pytest

from beenet.config.faults import Fault, Place
from beenet.errors import DatasetError
from beenet.text.terminal import escaped, printable


def test_what_a_file_says_is_shown_and_not_obeyed():
    """A class, a column, a member of an archive may be named by anyone."""
    assert str(DatasetError("x: is called \x1b[2J\udcff\u202e")) == (
        r"x: is called \x1b[2J\udcff\u202e"
    )
    fault = Fault(Place("-o a\x07=1"), ("a\x07",), "is not a known key")
    assert str(fault) == r"-o a\x07=1: a\x07: is not a known key"


@pytest.mark.parametrize("text", ["plain", "Bienen-Stöcke 蜂", "two\nlines", ""])
def test_plain_text_stays_as_it_is(text):
    assert printable(text) == text


def test_a_line_without_end_loses_its_middle():
    shown = printable("begin " + "x" * 100_000 + " end")
    assert len(shown) < 1100
    assert shown.startswith("begin xxx")
    assert shown.endswith("xxx end")


def test_an_escaped_line_keeps_its_length():
    assert escaped("a\x1b[2Jb\n") == r"a\x1b[2Jb\n"
    assert escaped("é" * 2000) == "é" * 2000
