import math
import time
from typing import Any

import pytest

from beenet.config.faults import Place
from beenet.config.yaml_text import MAX_DEPTH, MAX_VALUES, dump, parse


def read(text: str) -> Any:
    document, faults = parse(text, "c.yaml")
    assert faults == []
    return document.data


def faults_of(text: str) -> list[str]:
    _, faults = parse(text, "c.yaml")
    assert faults
    return [str(fault) for fault in faults]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1e5", 1e5),
        ("1E+5", 1e5),
        (".5", 0.5),
        ("5.", 5.0),
        ("-.5e1", -5.0),
        (".inf", math.inf),
        ("+.inf", math.inf),
        ("-.INF", -math.inf),
        ("12", 12),
        ("+12", 12),
        ("-0", 0),
        ("010", 10),  # YAML 1.1 reads 8
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_a_plain_scalar_is_read_by_yaml_1_2(text: str, value: Any) -> None:
    data = read(f"a: {text}")
    assert data == {"a": value}
    assert type(data["a"]) is type(value)


def test_not_a_number_is_a_number() -> None:
    assert math.isnan(read("a: .nan")["a"])


@pytest.mark.parametrize(
    "text",
    # what YAML 1.1 makes of these: a bool, 61, 26, a date, 1000, a string
    ["on", "yes", "No", "y", "1:01", "0x1A", "2020-01-31", "1_000", "1e", "e5", "."],
)
def test_what_only_looks_special_is_text(text: str) -> None:
    assert read(f"a: {text}") == {"a": text}


@pytest.mark.parametrize("text", ["1", "1e-3", "true", "null", "~", ".inf", ""])
def test_what_is_quoted_is_text(text: str) -> None:
    assert read(f"a: '{text}'") == {"a": text}
    assert read(f'a: "{text}"') == {"a": text}


def test_a_whole_number_of_5000_digits_is_infinite() -> None:
    assert read(f"a: {'9' * 5000}") == {"a": math.inf}
    assert read(f"a: -{'9' * 5000}") == {"a": -math.inf}


def test_every_value_has_a_place() -> None:
    document, _ = parse("a: 1\nb:\n  - c: 2\n  - d\n", "c.yaml")
    assert document.place(("b", 0, "c")) == Place("c.yaml", 3, 8)
    assert document.place(("b", 0, "c"), of_key=True) == Place("c.yaml", 3, 5)
    assert document.place(("b", 1)) == Place("c.yaml", 4, 5)
    assert document.place(("b", 1, "e", "f")) == Place("c.yaml", 4, 5)
    assert document.place(()) == Place("c.yaml", 1, 1)
    assert str(document.place(("b",), of_key=True)) == "c.yaml:2:1"


@pytest.mark.parametrize("text", ["", "   \n", "# only a comment\n", "---\n"])
def test_nothing_is_none(text: str) -> None:
    assert read(text) is None


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert read("\ufeffa: 1") == {"a": 1}


def test_a_duplicate_key_names_its_first_line() -> None:
    assert faults_of("a: 1\nb:\n  c: 1\n  c: 2\na: 3\na: 4\n") == [
        "c.yaml:4:3: b.c: is given twice, first on line 3",
        "c.yaml:5:1: a: is given twice, first on line 1",
        "c.yaml:6:1: a: is given twice, first on line 1",
    ]


def test_tags_are_refused() -> None:
    text = (
        "a: !!python/object/apply:os.system ['true']\n"
        "b: !!int 3\n"
        "c: !mine {d: 1}\n"
        "!!str e: 1\n"
        "f: [!!float x]\n"
        "g: ! h\n"
    )
    assert faults_of(text) == [
        "c.yaml:1:4: a: tags are not read, got !!python/object/apply:os.system",
        "c.yaml:2:4: b: tags are not read, got !!int",
        "c.yaml:3:4: c: tags are not read, got !mine",
        "c.yaml:4:1: tags are not read, got !!str",
        "c.yaml:5:5: f[0]: tags are not read, got !!float",
        "c.yaml:6:4: g: tags are not read, got !",
    ]


def test_keys_are_single_words() -> None:
    assert faults_of("? [a, b]\n: 1\n? {c: 1}\n: 2\n") == [
        "c.yaml:1:3: a key must be a single word",
        "c.yaml:3:3: a key must be a single word",
    ]


def test_merge_keys_are_refused() -> None:
    text = "a: &a {b: 1}\nc:\n  <<: *a\n"
    assert faults_of(text) == [
        "c.yaml:3:3: c: merge keys (<<) are not read; write the keys out"
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a:\n\tb: 1", "c.yaml:2:1: a tab cannot indent YAML; use spaces"),
        ("\ta: 1", "c.yaml:1:1: a tab cannot indent YAML; use spaces"),
        ("a: 1\n---\nb: 1", "c.yaml:2:1: a second document begins here"),
        (
            "a: [1, 2\nb: 3",
            "c.yaml:2:2: is not YAML: a [ or { is not closed, or a comma is missing; "
            "see from line 1",
        ),
        (
            "exclude:\n  - {optimizer.x: 1, layers[0].y: 4}\n",
            "c.yaml:2:28: is not YAML: a comma is missing, or a key with [0] inside "
            '{ } or [ ] needs quotes: {"layers[0].dropout": 1}',
        ),
        (
            "a: {b: 1\n",
            "c.yaml:2:1: is not YAML: a [ or { is not closed, or a comma is missing; "
            "see from line 1",
        ),
        (
            "a: 'b\nc: 3\n",
            "c.yaml:3:1: is not YAML: a quotation mark is not closed; see from line 1",
        ),
        (
            "a: b: c",
            "c.yaml:1:5: is not YAML: a colon too many, or a wrong indentation",
        ),
        (
            "a: 1\n  b: 2",
            "c.yaml:2:4: is not YAML: a colon too many, or a wrong indentation",
        ),
        (
            "a:\n  b: 1\n c: 2\n",
            "c.yaml:3:2: is not YAML: this line is indented unlike those above it; "
            "see from line 1",
        ),
        (
            "  a: 1\n b: 2\n",
            "c.yaml:2:2: is not YAML: this line is indented unlike those above it",
        ),
        (
            "a: 1\nb\nc: 2\n",
            "c.yaml:3:1: is not YAML: a colon is missing, or a wrong indentation; "
            "see from line 2",
        ),
        (
            "a: @b",
            "c.yaml:1:4: is not YAML: text that begins with @, ` or % must be quoted",
        ),
        ("a: *b", "c.yaml:1:4: is not YAML: found undefined alias 'b'"),
        (
            "a: 1\nb: \0",
            "c.yaml:2:4: is not YAML: it may not hold the character U+0000",
        ),
        ("a: 1\x07", "c.yaml:1:5: is not YAML: it may not hold the character U+0007"),
    ],
)
def test_a_syntax_error_has_a_place_and_a_meaning(text: str, fault: str) -> None:
    assert faults_of(text) == [fault]


@pytest.mark.parametrize("escape", [r"\0", r"\ud800", r"\udfff"])
def test_an_escape_cannot_smuggle_in_what_is_no_text(escape: str) -> None:
    assert faults_of(f'a: "b{escape}"') == [
        "c.yaml:1:4: a: holds a character that is no text"
    ]
    assert faults_of(f'"{escape}": 1') == [
        "c.yaml:1:1: holds a character that is no text"
    ]


def test_aliases_are_read_as_copies() -> None:
    data = read("a: &a [1, {b: 2}]\nc: *a\n")
    assert data == {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}
    assert data["a"] is not data["c"]


def test_a_billion_laughs_are_refused_at_once() -> None:
    lines = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    begin = time.perf_counter()
    (fault,) = faults_of("\n".join(lines))
    assert time.perf_counter() - begin < 2
    assert fault.endswith(
        "holds more than 20,000 values; are there aliases of aliases?"
    )


def test_too_many_values_are_refused_before_all_are_read() -> None:
    begin = time.perf_counter()
    (fault,) = faults_of("a: [" + "1," * 450_000 + "]")
    assert time.perf_counter() - begin < 5
    assert f"more than {MAX_VALUES:,} values" in fault


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: *a}"])
def test_an_alias_of_itself_is_refused(text: str) -> None:
    assert faults_of(text) == ["c.yaml:1:4: is nested more than 40 levels deep"]


@pytest.mark.parametrize("depth", [MAX_DEPTH + 2, 2000, 400_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    (fault,) = faults_of("[" * depth + "]" * depth)
    assert fault == f"c.yaml:1:{MAX_DEPTH + 2}: is nested more than 40 levels deep"


def test_nesting_up_to_the_limit_is_read() -> None:
    assert read("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))


@pytest.mark.parametrize(
    "data",
    [
        {"a": ["1", "1e-3", ".5", "on", "~", "", "null", "true", "<<", "=", "1_0"]},
        {"a": [1, 1.0, 1e-5, 1e22, -0.5, math.inf, -math.inf, None, True, False]},
        {"a": "two\nlines", "b": " spaces ", "c": "# no comment", "d": "a: b"},
        {"a": "Bienen-Stöcke 蜂", "b": "\x85\u2028", "c": "'\"\\", "d": "@x"},
        {"a": [], "b": {}, "c": [[{}], {"d": [1, [2]]}]},
    ],
)
def test_dumped_data_is_read_back(data: Any) -> None:
    text = dump(data)
    assert read(text) == data
    assert dump(read(text)) == text


def test_a_dump_keeps_the_order_of_keys() -> None:
    assert dump({"b": 1, "a": {"d": 1, "c": [1, 2]}}) == (
        "b: 1\na:\n  d: 1\n  c: [1, 2]\n"
    )
