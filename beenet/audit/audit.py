"""Audits a data set; all results are plain data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from beenet.audit import near_duplicates
from beenet.audit.examples import Examples
from beenet.audit.likeness import is_sound, likeness_for
from beenet.audit.scan import Scan, scan
from beenet.audit.split_shift import Separation, separation
from beenet.datasets import SPLITS, Dataset
from beenet.datasets.groups import Groups

STRANGERS = 10
"""The number of closest pairs that are kept though they are not near duplicates."""


@dataclass(frozen=True)
class ExamplePlace:
    """The place of an example in a data set, and its class."""

    split: str
    """Its split."""
    row: int
    """Its row in the split, from 0."""
    label: str
    """Its class."""


@dataclass(frozen=True)
class Pair:
    """Two examples."""

    first: ExamplePlace
    """One example; an example of valid or test comes before one of train."""
    second: ExamplePlace
    """The other example."""
    correlation: float
    """1 if they differ at most in brightness and contrast, or in loudness."""
    exact: bool
    """Whether all values are equal."""

    @property
    def crosses(self) -> bool:
        """Whether they are in different splits."""
        return self.first.split != self.second.split

    @property
    def conflicts(self) -> bool:
        """Whether they have different classes."""
        return self.first.label != self.second.label


@dataclass(frozen=True)
class Shared:
    """How many of a split's examples also occur in a split, itself or another."""

    exact: int
    """Those that have another example with equal values there."""
    near: int
    """Those that have only a near duplicate there."""


@dataclass(frozen=True)
class SplitFacts:
    """The statistics and faulty examples of one split."""

    n: int
    """Number of examples."""
    balance: dict[str, int]
    """Class name to number of examples."""
    low: float
    """Smallest value."""
    high: float
    """Largest value."""
    mean: float
    """Mean of all values."""
    deviation: float
    """Standard deviation of all values."""
    flat: list[int]
    """Rows that are constant (pictures) or silent (recordings)."""
    clipped: list[int]
    """Rows that are clipped."""
    shared: dict[str, Shared]
    """Split name to the examples that also occur there."""


@dataclass(frozen=True)
class Audit:
    """All results of an audit."""

    title: str
    """The data set's title, which says if it is synthetic."""
    synthetic: bool
    """Whether it is synthetic."""
    kind: Literal["image", "audio"]
    """The kind of its examples."""
    shape: tuple[int, ...]
    """The shape of one example."""
    classes: tuple[str, ...]
    """Class names in one-hot order."""
    splits: dict[str, SplitFacts]
    """Split name to facts."""
    exact: list[Pair]
    """Exact copies, each paired with the first example with the same values."""
    near: list[Pair]
    """Near duplicates, closest first."""
    strangers: list[Pair]
    """The closest pairs that are not counted as near duplicates."""
    typical: dict[str, float | None]
    """Class name to an upper bound of its median example's correlation with its
    nearest neighbour."""
    needed: dict[str, float]
    """Class name to the smallest correlation of near duplicates."""
    complete: bool
    """False if there were too many near duplicates to compare all of them."""
    ground: tuple[str, ...]
    """Ends of the scale (``0``, ``1``) that are the background of most pictures."""
    separation: dict[str, Separation | None]
    """``test`` and ``valid`` to how well a classifier separates them from train."""
    groups: Groups | None = None
    """What the examples come from; None if it is unknown."""


def audit(dataset: Dataset, note: Callable[[str], None] = lambda _: None) -> Audit:
    """Examine all of a data set's examples.

    Args:
        dataset: the data set.
        note: called with a line at each stage.

    Raises:
        DatasetError: its values cannot be read.
    """
    note(f"{dataset.title}: reading {sum(dataset.counts.values()):,} examples")
    examples, likeness = Examples(dataset), likeness_for(dataset.shape)
    seen = scan(examples, likeness)
    first = np.unique(seen.group, return_index=True)[1]
    which = first[~seen.flat[first]]
    note(f"{dataset.title}: comparing all with all")
    found = near_duplicates.near_duplicates(
        examples, likeness, seen.prints, which, len(dataset.classes)
    )
    note(f"{dataset.title}: comparing its splits")
    apart = {split: separation(examples, "train", split) for split in SPLITS[1:]}

    def pair(a: int, b: int, correlation: float) -> Pair:
        places = [_place(examples, dataset, number) for number in sorted((a, b))]
        return Pair(
            places[1], places[0], correlation, bool(seen.group[a] == seen.group[b])
        )

    copies = np.setdiff1d(np.arange(len(examples)), first)
    shared = _shared(examples, seen.group, found.pairs)
    return Audit(
        title=dataset.title,
        synthetic=dataset.synthetic,
        kind="audio" if is_sound(dataset.shape) else "image",
        shape=dataset.shape,
        classes=dataset.classes,
        splits={
            name: _facts(examples, dataset, seen, i, shared[i])
            for i, name in enumerate(SPLITS)
        },
        exact=[pair(int(first[seen.group[i]]), int(i), 1.0) for i in copies],
        near=[
            pair(a, b, float(r))
            for (a, b), r in zip(found.pairs.tolist(), found.r, strict=True)
        ],
        strangers=[
            pair(a, b, float(r))
            for (a, b), r in zip(
                found.strangers[:STRANGERS].tolist(), found.strangers_r, strict=False
            )
        ],
        typical={
            name: None if np.isnan(r) else float(r)
            for name, r in zip(dataset.classes, found.typical, strict=True)
        },
        needed={
            name: float(r)
            for name, r in zip(dataset.classes, found.needed, strict=True)
        },
        complete=found.complete,
        ground=seen.ground,
        separation=apart,
        groups=dataset.groups,
    )


def _place(examples: Examples, dataset: Dataset, which: int) -> ExamplePlace:
    return ExamplePlace(*examples.place(which), dataset.classes[examples.labels[which]])


def _facts(
    examples: Examples, dataset: Dataset, seen: Scan, i: int, shared: dict[str, Shared]
) -> SplitFacts:
    part = slice(examples.starts[i], examples.starts[i + 1])
    counts = np.bincount(examples.labels[part], minlength=len(dataset.classes))
    mean = float(seen.mean[part].mean())
    variance = float(seen.variance[part].mean() + seen.mean[part].var())
    return SplitFacts(
        n=int(counts.sum()),
        balance=dict(zip(dataset.classes, counts.tolist(), strict=True)),
        low=float(seen.low[part].min()),
        high=float(seen.high[part].max()),
        mean=mean,
        deviation=variance**0.5,
        flat=np.flatnonzero(seen.flat[part]).tolist(),
        clipped=np.flatnonzero(seen.clipped[part]).tolist(),
        shared=shared,
    )


def _shared(
    examples: Examples, group: NDArray[np.int64], near: NDArray[np.int64]
) -> list[dict[str, Shared]]:
    """Return, for each split, how many of its examples also occur in each split."""
    n_groups, k = int(group.max()) + 1, len(SPLITS)
    members: NDArray[Any] = np.zeros((n_groups, k), np.int64)
    np.add.at(members, (group, examples.split_of), 1)
    close = np.zeros((n_groups, k), bool)
    for one, other in ((0, 1), (1, 0)):
        np.logical_or.at(close, group[near[:, one]], members[group[near[:, other]]] > 0)
    table = []
    for i in range(k):
        mine = group[examples.split_of == i]
        exact = members[mine] - (np.arange(k) == i) > 0
        only_near = close[mine] & ~exact
        table.append(
            {
                name: Shared(int(exact[:, j].sum()), int(only_near[:, j].sum()))
                for j, name in enumerate(SPLITS)
            }
        )
    return table
