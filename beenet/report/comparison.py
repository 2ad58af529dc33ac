"""The differences between two finished runs: config, data, scores, examples."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from beenet.config.differences import Difference, differences
from beenet.errors import RunError
from beenet.registry import SPLITS
from beenet.runs.folder import RunFolder
from beenet.runs.metrics_file import RunMetrics
from beenet.scores.metrics import Scores
from beenet.scores.outcomes import Outcomes, read_outcomes
from beenet.scores.statistics import PairedTest, mcnemar


@dataclass(frozen=True)
class SplitComparison:
    """Two runs on one split."""

    split: str
    """Its name."""
    first: Scores
    """The first's scores."""
    second: Scores
    """The second's."""
    paired: PairedTest | None
    """McNemar's test; None if the examples are not the same."""

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        shown = ("n", "accuracy", "interval", "baseline", "loss")
        return {
            "first": {key: getattr(self.first, key) for key in shown},
            "second": {key: getattr(self.second, key) for key in shown},
            "paired": asdict(self.paired) if self.paired else None,
        }


@dataclass(frozen=True)
class Flip:
    """An example for which two runs predict different classes."""

    index: int
    """Its index in the split, from 0."""
    true: str
    """Its class."""
    first: str
    """The first run's prediction."""
    second: str
    """The second's."""
    first_probability: float
    """The first run's output for the true class."""
    second_probability: float
    """The second's."""


@dataclass(frozen=True)
class Comparison:
    """The differences between two finished runs."""

    paths: tuple[str, str]
    """Their folders."""
    config: tuple[Difference, ...]
    """The keys of their configs that differ."""
    titles: tuple[str, str]
    """Their data's titles."""
    data: tuple[Difference, ...]
    """The data files whose hashes differ."""
    splits: tuple[SplitComparison, ...]
    """Their scores."""
    flipped_on: str
    """The split of the flips."""
    flips: tuple[Flip, ...] | None
    """The examples predicted differently; None if not comparable."""

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "runs": list(self.paths),
            "config": [asdict(change) for change in self.config],
            "data": {
                "titles": list(self.titles),
                "files": [asdict(change) for change in self.data],
            },
            "splits": {split.split: split.to_json() for split in self.splits},
            "flipped_on": self.flipped_on,
            "flips": None if self.flips is None else [asdict(f) for f in self.flips],
        }


def compare(first: Path, second: Path, *, split: str = "valid") -> Comparison:
    """Compare two finished runs by their saved results; nothing is scored again.

    Args:
        first: a run's folder, or a file in it.
        second: another's.
        split: the split whose examples are compared.

    Raises:
        RunError: one is not a finished run, or cannot be read.
    """
    a, b = (
        RunFolder(path if path.is_dir() else path.parent) for path in (first, second)
    )
    metrics = [_metrics(a), _metrics(b)]
    data = [a.read_hashes(), b.read_hashes()]
    outcomes = {name: _paired(a, b, metrics, name) for name in SPLITS}
    splits = []
    for name in SPLITS:
        pair = outcomes[name]
        test = mcnemar(pair[0].correct, pair[1].correct) if pair else None
        one, two = (found.splits[name] for found in metrics)
        splits.append(SplitComparison(name, one, two, test))
    classes = [
        [score.name for score in found.splits[split].classes] for found in metrics
    ]
    flipped = outcomes[split]
    return Comparison(
        paths=(str(a.path), str(b.path)),
        config=tuple(differences(a.read_config(), b.read_config())),
        titles=(metrics[0].dataset, metrics[1].dataset),
        data=tuple(differences(*data)),
        splits=tuple(splits),
        flipped_on=split,
        flips=_flips(*flipped, *classes) if flipped else None,
    )


def _metrics(folder: RunFolder) -> RunMetrics:
    if not folder.metrics.exists():
        raise RunError(f"{folder.path} holds no finished run: it has no metrics.json")
    return folder.read_metrics()


def _paired(
    a: RunFolder, b: RunFolder, metrics: list[RunMetrics], split: str
) -> tuple[Outcomes, Outcomes] | None:
    one, two = (
        read_outcomes(folder.outcomes, split, len(found.splits[split].classes))
        for folder, found in zip((a, b), metrics, strict=True)
    )
    return (one, two) if one and two and one.pairs_with(two) else None


def _flips(
    a: Outcomes, b: Outcomes, of_a: list[str], of_b: list[str]
) -> tuple[Flip, ...]:
    """Return the examples predicted differently, with each run's own class names."""
    return tuple(
        Flip(
            index,
            of_a[a.true[index]],
            of_a[a.predicted[index]],
            of_b[b.predicted[index]],
            float(a.probability[index]),
            float(b.probability[index]),
        )
        for index in np.flatnonzero(a.predicted != b.predicted).tolist()
    )
