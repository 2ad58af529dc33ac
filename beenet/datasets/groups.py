"""What the examples of a set come from: a score is no surer than their number says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from beenet.registry import SPLITS
from beenet.text.words import counted

Source = Literal["picture", "recording", "group"]


@dataclass(frozen=True)
class Groups:
    """How many files or groups the examples of each split come from."""

    of: Source
    """``group`` if files were grouped, else the kind of file."""
    counts: dict[str, int]
    """Split name to number of them."""


def too_few(groups: Groups | None, counts: Mapping[str, int]) -> list[str]:
    """Return the splits whose accuracy has too narrow an interval, a sentence each.

    Wilson's interval takes the examples for independent; windows of one recording and
    pictures of one hive are not.

    Args:
        groups: what the examples come from; None if it is unknown.
        counts: split name to number of examples.
    """
    if groups is None:
        return []
    return [
        f"{split}: {counted(counts[split], 'example')} come from "
        f"{counted(groups.counts[split], groups.of)}: the interval around its accuracy "
        "is too narrow"
        for split in SPLITS[1:]
        if groups.counts[split] < counts[split]
    ]


def parse_groups(found: Any) -> Groups | None:
    """Return the groups as dataset.json has them; None if it has none.

    Raises:
        LookupError, TypeError, ValueError: they are damaged.
    """
    if found is None:
        return None
    if found["of"] not in get_args(Source):
        raise ValueError(f"groups of {found['of']!r}")
    counts = {split: int(found["counts"][split]) for split in SPLITS}
    return Groups(found["of"], counts)
