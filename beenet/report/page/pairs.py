"""What the page needs to hold any two runs against each other."""

import base64
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.config.flat import flat_texts
from beenet.registry import SPLITS
from beenet.report.page.album import SPLIT, Album, ExampleSource
from beenet.report.page.view import Missing, View
from beenet.scores.outcomes import Outcomes
from beenet.scores.statistics import paired

SHOWN_FLIPS = 8
"""How many of the examples that two runs disagree on are shown."""
_MAX_SHOWN = {"picture": 600, "sound": 40}
"""Of one data set, for the sake of flips: a sound takes the room of many pictures."""


@dataclass(frozen=True)
class Group:
    """Runs that answered on the same examples of a split, so far as can be told."""

    split: str
    runs: dict[int, Outcomes]
    """By their numbers on the page."""

    @property
    def true(self) -> NDArray[Any]:
        """The true classes, of any of them."""
        return next(iter(self.runs.values())).true

    @cached_property
    def contested(self) -> NDArray[np.int64]:
        """The examples that not all runs take for the same class, from 0."""
        first, *others = (run.predicted for run in self.runs.values())
        differ = np.zeros(len(first), np.bool_)
        for other in others:
            differ |= other != first
        return np.flatnonzero(differ)


def groups(views: Sequence[View]) -> list[Group]:
    """Return the runs that can be compared with each other, split by split."""
    found: dict[tuple[str, bytes, str], Group] = {}
    for split in SPLITS:
        for view in views:
            outcomes = view.outcomes[split]
            if isinstance(outcomes, Outcomes):
                key = (split, outcomes.true.tobytes(), str(outcomes.true.dtype))
                group = found.setdefault(key, Group(split, {}))
                group.runs[view.number] = outcomes
    return list(found.values())


def tests(group: Group) -> Iterator[tuple[int, int, int, int, float]]:
    """Yield McNemar's test of each two runs.

    Yields:
        The first run, the second, how many examples only the first has right, how
        many only the second, and p.
    """
    right = {n: np.packbits(outcomes.correct) for n, outcomes in group.runs.items()}
    for a, b in combinations(right, 2):
        only_a = int(np.bitwise_count(right[a] & ~right[b]).sum())
        only_b = int(np.bitwise_count(right[b] & ~right[a]).sum())
        p = paired(only_a, only_b).p
        yield a, b, only_a, only_b, float(f"{p:.6g}")


def flips(a: Outcomes, b: Outcomes) -> list[int]:
    """Return the examples predicted differently, the largest change first."""
    where = np.flatnonzero(a.predicted != b.predicted)
    swing = np.abs(_shares(a)[where].astype(int) - _shares(b)[where])
    return [int(i) for i in where[np.argsort(-swing, kind="stable")]]


def answers(outcomes: Outcomes, which: NDArray[np.int64]) -> dict[str, str]:
    """Return what a run said of some examples, packed for the page."""
    return {
        "predicted": packed(outcomes.predicted[which]),
        "probability": packed(_shares(outcomes)[which]),
    }


def packed(array: NDArray[Any]) -> str:
    """Return an array's bytes, little end first, deflated and in base 64."""
    little = array.astype(array.dtype.newbyteorder("<"))
    return base64.b64encode(zlib.compress(little.tobytes(), 9)).decode()


def add_flips(album: Album, group: Group, sources: Mapping[int, ExampleSource]) -> None:
    """Put the examples on the page that most comparisons of two runs show."""
    wanted: Counter[tuple[int, int]] = Counter()
    for a, b in combinations(group.runs, 2):
        if a in sources:
            most = flips(group.runs[a], group.runs[b])[:SHOWN_FLIPS]
            wanted.update((sources[a].number, index) for index in most)
    by_number = {source.number: source for source in sources.values()}
    left = {n: _MAX_SHOWN.get(source.kind, 0) for n, source in by_number.items()}
    for (number, index), _ in sorted(wanted.items(), key=lambda w: (-w[1], w[0])):
        if left[number] > 0:
            left[number] -= 1
            album.add(by_number[number], index)


def configs(views: Sequence[View]) -> list[dict[str, str]]:
    """Return of each run's config what is not the same in all runs."""
    flat = [
        {} if isinstance(view.config, Missing) else flat_texts(view.config)
        for view in views
    ]
    keys = {key for config in flat for key in config}
    common = {key for key in keys if len({config.get(key) for config in flat}) == 1}
    return [{k: v for k, v in config.items() if k not in common} for config in flat]


def split_of_flips(found: Sequence[Group]) -> list[Group]:
    """Return the groups whose examples the page shows."""
    return [group for group in found if group.split == SPLIT]


def _shares(outcomes: Outcomes) -> NDArray[np.uint8]:
    """Return what the true classes were given, in 255ths, uint8 [n]."""
    given = np.nan_to_num(outcomes.probability.astype(np.float32), nan=0.0)
    return np.rint(np.clip(given, 0, 1) * 255).astype(np.uint8)
