"""The data with which the page compares any two runs."""

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
"""The number of shown examples on which two runs disagree."""
_MAX_SHOWN = {"picture": 600, "sound": 40}
"""Per data set, for flips: a sound takes as many bytes as many pictures."""


@dataclass(frozen=True)
class Group:
    """Runs scored on the same examples of a split, judging by the true classes."""

    split: str
    runs: dict[int, Outcomes]
    """By their numbers on the page."""

    @property
    def true(self) -> NDArray[Any]:
        """The true classes, the same for all runs."""
        return next(iter(self.runs.values())).true

    @cached_property
    def contested(self) -> NDArray[np.int64]:
        """The indices, from 0, of examples that not all runs predict alike."""
        first, *others = (run.predicted for run in self.runs.values())
        differ = np.zeros(len(first), np.bool_)
        for other in others:
            differ |= other != first
        return np.flatnonzero(differ)


def groups(views: Sequence[View]) -> list[Group]:
    """Return groups of runs that can be compared with each other, for each split."""
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
    """Yield McNemar's test of each pair of runs.

    Yields:
        The first run, the second, the number of examples that only the first predicts
        correctly, that for the second, and p.
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
    """Return a run's predictions for some examples, packed for the page."""
    return {
        "predicted": packed(outcomes.predicted[which]),
        "probability": packed(_shares(outcomes)[which]),
    }


def packed(array: NDArray[Any]) -> str:
    """Return an array's bytes, little-endian, zlib-compressed, as base64."""
    little = array.astype(array.dtype.newbyteorder("<"))
    return base64.b64encode(zlib.compress(little.tobytes(), 9)).decode()


def add_flips(album: Album, group: Group, sources: Mapping[int, ExampleSource]) -> None:
    """Put those examples on the page that the most comparisons of two runs show."""
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
    """Return the entries of each run's config that are not the same in all runs."""
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
    """Return the probabilities of the true classes in 255ths, uint8 [n]."""
    given = np.nan_to_num(outcomes.probability.astype(np.float32), nan=0.0)
    return np.rint(np.clip(given, 0, 1) * 255).astype(np.uint8)
