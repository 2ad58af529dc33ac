import ast

import pytest

from beenet.export.code import bracketed, identifier, import_lines, literal


@pytest.mark.parametrize(
    "value", ["relu", "it's", 'a "b"', "tab\t\\", 1, 0.1, None, True, [None, 8, 8, 1]]
)
def test_a_literal_reads_back_as_itself(value):
    assert ast.literal_eval(literal(value)) == value


def test_a_tuple_is_written_as_a_list_and_texts_in_double_quotes():
    assert literal((2, "a")) == '[2, "a"]'


def test_a_call_takes_as_few_lines_as_fit():
    assert bracketed("x = f(", ["a", "b=1"], ")", 4) == ["    x = f(a, b=1)"]
    items = [f"argument_{i}={i}" for i in range(6)]
    assert bracketed("x = f(", items, ")", 0) == [
        "x = f(",
        f"    {', '.join(items)}",
        ")",
    ]
    items *= 2
    assert bracketed("x = f(", items, ")", 0) == [
        "x = f(",
        *(f"    {item}," for item in items),
        ")",
    ]


def test_a_long_import_stands_in_brackets():
    names = [f"function_{i}" for i in range(9)]
    lines = import_lines("module", names, "  # note")
    assert (lines[0], lines[-1]) == ("from module import (  # note", ")")
    assert len(lines) == 11


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mnist/convnet1", "mnist_convnet1"),
        ("BEE-1.gray", "bee_1_gray"),
        ("2_layers", "net_2_layers"),
        ("class", "class_"),
        ("/", "net"),
    ],
)
def test_a_name_becomes_an_identifier(text, name):
    assert identifier(text) == name
    assert name.isidentifier()
