"""The sentences on splits whose examples are not independent."""

import json

import pytest

from beenet.datasets.groups import Groups, parse_groups, too_few

COUNTS = {"train": 300, "test": 1, "valid": 80}


def test_fewer_groups_than_examples_are_told_of_test_and_valid() -> None:
    counts = {"train": 5, "test": 1, "valid": 2}
    assert too_few(Groups("recording", counts), COUNTS) == [
        "valid: 80 examples come from 2 recordings: the interval around its accuracy "
        "is too narrow"
    ]
    counts = {"train": 5, "test": 3, "valid": 1}
    assert too_few(Groups("group", counts), {"train": 9, "test": 1200, "valid": 2}) == [
        "test: 1,200 examples come from 3 groups: the interval around its accuracy is "
        "too narrow",
        "valid: 2 examples come from 1 group: the interval around its accuracy is too "
        "narrow",
    ]


def test_as_many_or_unknown_say_nothing() -> None:
    assert too_few(Groups("picture", COUNTS), COUNTS) == []
    assert too_few(None, COUNTS) == []


def test_older_notes_have_none() -> None:
    assert parse_groups(None) is None


@pytest.mark.parametrize("text", ["[]", "{}", '{"of": "hive"}', '{"of": "group"}'])
def test_damaged_groups_are_refused(text: str) -> None:
    with pytest.raises((LookupError, TypeError, ValueError)):
        parse_groups(json.loads(text))
