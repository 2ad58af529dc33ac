"""Draws train, test and valid so that no group is in two of them."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from beenet.errors import DatasetError
from beenet.registry import SPLITS


def draw_splits(
    groups: Sequence[str],
    labels: Sequence[int],
    fractions: Mapping[str, float],
    seed: int,
) -> list[str]:
    """Draw a split for each example: whole groups, each class in about its share.

    Groups are assigned from the largest to the smallest, those of equal size class by
    class in random order. Each goes to the split that lacks its classes most; of splits
    that lack them equally, to the one that is farthest below its share of all examples
    so far. The last groups of a class go to splits that have none of it; if a split
    still has none and another can spare a group of it, the smallest such group moves
    there: a score that says nothing about a class is worse than uneven shares.

    If each file is a group, and test and valid have equal shares, then the numbers of
    their examples differ by at most 1, in each class and in all.

    Args:
        groups: the group of each example.
        labels: the class index of each example.
        fractions: split name to share; each above 0, their sum 1.
        seed: same seed, same splits.

    Returns:
        The split of each example.

    Raises:
        DatasetError: fewer than three groups.
    """
    names = refuse_few_groups(groups)
    number = {name: i for i, name in enumerate(names)}
    counts = np.zeros((len(names), max(labels) + 1))
    np.add.at(counts, ([number[group] for group in groups], labels), 1)
    total = counts.sum(axis=0)
    weight = 1 / np.maximum(total, 1) ** 2
    shares = np.array([fractions[split] for split in SPLITS])
    wanted = shares[:, None] * total
    holds = counts > 0
    sizes = counts.sum(axis=1)
    only = np.where(holds.sum(axis=1) == 1, holds.argmax(axis=1), len(total))
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.lexsort((only[order], -sizes[order]))]  # stable
    rest = holds.sum(axis=0)
    lacking = np.ones((len(SPLITS), len(total)), bool)
    filled = np.zeros(len(SPLITS))
    split_of = np.zeros(len(names), int)
    empty = np.ones(len(SPLITS), bool)
    for left, group in zip(range(len(names), 0, -1), order, strict=True):
        value = weight * counts[group]
        need = wanted @ value
        urgent = holds[group] & (rest <= lacking.sum(axis=0))
        if left <= empty.sum():  # the last groups go to splits that are still empty
            need = np.where(empty, need, -np.inf)
        elif lacking[:, urgent].any():
            need = np.where(lacking[:, urgent].any(axis=1), need, -np.inf)
        ties = need > need.max() - 1e-9 * value.sum()
        below = shares * (filled.sum() + sizes[group]) - filled
        best = int(np.where(ties, below, -np.inf).argmax())
        split_of[group] = best
        empty[best] = False
        wanted[best] -= counts[group]
        filled[best] += sizes[group]
        lacking[best] &= ~holds[group]
        rest -= holds[group]
    _give_each_its_classes(split_of, counts, order)
    return [SPLITS[split_of[number[group]]] for group in groups]


def refuse_few_groups(groups: Iterable[str]) -> list[str]:
    """Return the groups, sorted; raise a DatasetError if they are fewer than three."""
    names = sorted(set(groups))
    if len(names) < len(SPLITS):
        raise DatasetError(
            f"three splits need three groups or more, there are {len(names)}: "
            f"{', '.join(names) or 'none'}"
        )
    return names


def _give_each_its_classes(
    split_of: NDArray[np.int64], counts: NDArray[np.float64], order: NDArray[np.int64]
) -> None:
    """Move groups, in place, to splits that lack a class, if their own keeps its own.

    Args:
        split_of: the split of each group, int64 [n]; changed in place.
        counts: the number of examples of each group by class, [n, n_classes].
        order: the groups, largest first.
    """
    holds = counts > 0

    def can_go(group: int) -> bool:
        left = split_of == split_of[group]
        left[group] = False
        return bool(holds[left].any(axis=0)[holds[group]].all())

    for label in np.argsort(holds.sum(axis=0), kind="stable"):  # the rarest first
        for split in range(len(SPLITS)):
            if holds[split_of == split, label].any():
                continue
            spare = [g for g in order[::-1] if holds[g, label] and can_go(g)]
            if spare:
                split_of[spare[0]] = split
