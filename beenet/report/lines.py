"""Read finished runs, and group those that differ only by their seed into lines."""

import os
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from beenet.config.identity import digest
from beenet.errors import RunError
from beenet.runs.folder import RunFolder
from beenet.runs.looks import looks_at_valid
from beenet.runs.metrics_file import RunMetrics
from beenet.scores.metrics import wilson_interval
from beenet.scores.outcomes import Outcomes, read_outcomes
from beenet.scores.statistics import group_interval
from beenet.text.words import counted, distinct

SHOWN = ("test", "valid")
"""The splits of a leaderboard; train, which was fitted, is not informative."""


@dataclass(frozen=True)
class Entry:
    """One finished run."""

    folder: RunFolder
    """Its folder."""
    metrics: RunMetrics
    """Its metrics.json."""
    looks_at_valid: int
    """How often its own valid was scored, including the end of the training."""
    title: str
    """The title of its data, numbered if other data share it."""

    def outcomes(self, split: str) -> Outcomes | None:
        """Return the outcome of each example of a split; None if not saved.

        Raises:
            RunError: they are damaged, or of other classes than its metrics.
        """
        n_classes = len(self.metrics.splits[split].classes)
        return read_outcomes(self.folder.outcomes, split, n_classes)


@dataclass(frozen=True)
class Standing:
    """The scores of a line on one split."""

    accuracy: float
    """Of the single run, or the mean over the runs."""
    interval: tuple[float, float]
    """95 % interval: over examples (Wilson), of several runs over seeds too."""
    baseline: float
    """Accuracy of always predicting the split's most common class."""
    loss: float
    """Of the single run, or the mean."""


@dataclass(frozen=True)
class Line:
    """Runs of one experiment; several if they differ only by their seed."""

    entries: tuple[Entry, ...]
    """The runs, by path."""
    standings: dict[str, Standing]
    """By split."""

    @property
    def dataset(self) -> str:
        """The data's title, which contains *synthetic* if they are."""
        return self.entries[0].title

    @property
    def run(self) -> str:
        """The run's path; for several, a glob pattern, or the first and a count."""
        paths = [str(entry.folder.path) for entry in self.entries]
        if len(paths) == 1:
            return paths[0]
        if len({entry.folder.path.parent for entry in self.entries}) > 1:
            return f"{paths[0]} and {counted(len(paths) - 1, 'other')}"
        # By characters, for a glob pattern: runs/seed1, runs/seed2.
        return f"{os.path.commonprefix(paths)}*"  # noqa: RUF071

    @property
    def looks(self) -> int:
        """How often valid was scored, including the ends of the trainings."""
        return sum(entry.looks_at_valid for entry in self.entries)

    @property
    def epochs(self) -> float:
        """The mean number of epochs of the runs."""
        return fmean(entry.metrics.epochs for entry in self.entries)

    @property
    def seconds(self) -> float:
        """The mean training time of the runs."""
        return fmean(entry.metrics.seconds for entry in self.entries)


def read_entries(
    runs: Sequence[RunFolder], warn: Callable[[str], None] = lambda _: None
) -> list[Entry]:
    """Read finished runs.

    Args:
        runs: their folders.
        warn: called for runs whose metrics cannot be read, which are left out.

    Raises:
        RunError: there is only one run, and it cannot be read.
    """
    entries, titles, by_data = [], dict[str, Hashable](), dict[str, str]()
    for run in runs:
        try:
            metrics = run.read_metrics()
        except RunError as error:
            if len(runs) == 1:
                raise
            warn(f"{error}; the run is left out")
            continue
        title = by_data.get(metrics.data or "")
        title = title or distinct(metrics.dataset, _data_of(run, metrics), titles)
        if metrics.data:  # the same bytes are the same data, whatever their folder
            by_data[metrics.data] = title
        entries.append(Entry(run, metrics, looks_at_valid(run, metrics), title))
    return entries


def _data_of(run: RunFolder, metrics: RunMetrics) -> str:
    """Return a digest of the data's files; for an older run, from its provenance."""
    if metrics.data:
        return metrics.data
    with suppress(RunError, TypeError):  # its hashes may be anything
        return digest(run.read_hashes())
    return ""


def to_lines(entries: Sequence[Entry], *, each: bool = False) -> list[Line]:
    """Group runs that differ only by their seed.

    Args:
        entries: the runs.
        each: keep each run on a separate line.
    """
    same: dict[Any, list[Entry]] = {}
    for entry in entries:
        repeated = None if each else entry.metrics.but_for_seed
        key = (entry.title, repeated) if repeated else entry.folder.path
        same.setdefault(key, []).append(entry)
    groups = [
        group for entries in same.values() for group in _seeds_and_copies(entries)
    ]
    return [
        Line(tuple(group), {split: _standing(group, split) for split in SHOWN})
        for group in groups
    ]


def _seeds_and_copies(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Split runs of one experiment: a group with one per seed, each other run alone.

    The others are copies or repetitions, not independent samples. Of several with one
    seed, the group gets the one whose parent folder has most of the runs.
    """
    beside = Counter(entry.folder.path.parent for entry in entries)
    by_seed: dict[Any, Entry] = {}
    copies = []
    for entry in sorted(entries, key=lambda e: -beside[e.folder.path.parent]):
        seed = entry.metrics.seed
        if by_seed.setdefault(seed, entry) is not entry:
            copies.append([entry])
    return [sorted(by_seed.values(), key=lambda e: e.folder.path), *copies]


def only_on(entries: Sequence[Entry], dataset: str) -> list[Entry]:
    """Return the runs on one data set, real or its stand-in.

    Raises:
        RunError: there are runs, but none on this data set.
    """
    titles = sorted({entry.metrics.dataset for entry in entries})
    named = [e for e in entries if dataset.casefold() in _names(e.metrics.dataset)]
    wanted = {entry.title for entry in named}  # the same data may have several names
    if entries and not wanted:
        raise RunError(
            f"no finished run is on {dataset!r}; there are runs on: {', '.join(titles)}"
        )
    return [entry for entry in entries if entry.title in wanted]


def _names(title: str) -> set[str]:
    """Return the accepted names of a data set: its title, with and without its note."""
    return {title.casefold(), title.partition(" (")[0].casefold()}


def _standing(entries: Sequence[Entry], split: str) -> Standing:
    scores = [entry.metrics.splits[split] for entry in entries]
    loss = fmean(score.loss for score in scores)
    first = scores[0]
    accuracy, (low, high) = first.accuracy, first.interval
    if len(scores) > 1:
        accuracies = [score.accuracy for score in scores]
        examples = wilson_interval(fmean(accuracies) * first.n, first.n)
        accuracy, low, high = group_interval(accuracies, examples)
    return Standing(accuracy, (max(0.0, low), min(1.0, high)), first.baseline, loss)
