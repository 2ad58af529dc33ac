"""All that a page shows of one run; what cannot be read is replaced by the reason."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from beenet.config import plain
from beenet.drawing.page_plots import run_curves
from beenet.errors import BeenetError, RunError
from beenet.experiment.stopping import best_epoch
from beenet.network.describe import describe
from beenet.network.description import Description
from beenet.network.sidecar import Sidecar, read_sidecar
from beenet.registry import SPLITS
from beenet.report.description import facts, layer_rows
from beenet.report.lines import Entry
from beenet.report.page.album import SPLIT, Album, ExampleSource
from beenet.runs.history import Epoch, read_csv
from beenet.runs.metrics_file import RunMetrics
from beenet.scores.metrics import Scores
from beenet.scores.outcomes import Outcomes
from beenet.system.plain_files import read_plain
from beenet.text.words import reason

MAX_MISTAKES = {"picture": 12, "sound": 4, "numbers": 12}
"""Per run, by the kind of its examples."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Missing:
    """Something that cannot be shown."""

    why: str


@dataclass(frozen=True)
class Mistake:
    """An example that a run misclassifies."""

    index: int
    """Its index in the split, from 0."""
    true: str
    predicted: str
    probability: float
    """The output for the true class."""
    key: str
    """Its key in the album; empty if the example cannot be shown."""


@dataclass(frozen=True)
class View:
    """One run on the page."""

    number: int
    """Its number among the page's runs."""
    entry: Entry
    config: Any
    """As plain data, or `Missing`."""
    config_text: str | Missing
    sidecar: Sidecar | Missing
    history: Sequence[Epoch] | Missing
    outcomes: dict[str, Outcomes | Missing]
    """By split."""

    @property
    def path(self) -> str:
        """The run's folder."""
        return str(self.entry.folder.path)

    @property
    def metrics(self) -> RunMetrics:
        """Its metrics.json."""
        return self.entry.metrics

    @property
    def scores(self) -> dict[str, Scores]:
        """Its scores, by split."""
        return self.metrics.splits

    @property
    def classes(self) -> list[str]:
        """Class names in one-hot order."""
        return [score.name for score in self.scores[SPLIT].classes]

    @property
    def best(self) -> int:
        """The number of the epoch to mark; 0 if there is no history."""
        if isinstance(self.history, Missing):
            return 0
        told = self.metrics.best_epoch
        if told and told <= len(self.history):
            return told
        return best_epoch(self.history, "accuracy")

    def curves(self) -> list[str] | Missing:
        """Return SVGs of loss and accuracy."""
        if isinstance(self.history, Missing):
            return self.history
        return run_curves(
            self.history,
            best=self.best,
            baseline=self.scores["test"].baseline,
            key=f"run{self.number}",
        )

    def mistakes(self, album: Album) -> list[Mistake]:
        """Return the mistakes on valid with the lowest output for the true class."""
        outcomes, source = self.outcomes[SPLIT], self.source(album)
        if isinstance(outcomes, Missing):
            return []
        kind = source.kind if isinstance(source, ExampleSource) else "numbers"
        wrong = np.flatnonzero(~outcomes.correct)
        order = np.argsort(outcomes.probability[wrong], kind="stable")
        return [
            Mistake(
                index,
                self.classes[outcomes.true[index]],
                self.classes[outcomes.predicted[index]],
                float(outcomes.probability[index]),
                album.add(source, index) if isinstance(source, ExampleSource) else "",
            )
            for index in wrong[order][: MAX_MISTAKES[kind]].tolist()
        ]

    def source(self, album: Album) -> ExampleSource | Missing:
        """Return the source of its examples, or why there is none."""
        if isinstance(self.sidecar, Missing):
            return self.sidecar
        source, outcomes = album.source(self.sidecar), self.outcomes[SPLIT]
        if isinstance(source, str):
            return Missing(source)
        if isinstance(outcomes, Outcomes) and len(outcomes.true) != source.n:
            return Missing("outcomes.npz tells of other examples than the data hold")
        return source


def read_view(number: int, entry: Entry) -> View:
    """Read a run's folder; damaged files in it do not stop the page."""
    folder = entry.folder
    return View(
        number,
        entry,
        config=_told(folder.read_config),
        config_text=_told(partial(_text, folder.config)),
        sidecar=_told(partial(read_sidecar, folder.model)),
        history=_told(partial(_history, folder.history)),
        outcomes={split: _told(partial(_outcomes, entry, split)) for split in SPLITS},
    )


class Layers:
    """Describes nets; nets with the same layers are built only once."""

    def __init__(self) -> None:
        self._known: dict[str, Description | Missing] = {}

    def of(self, view: View) -> dict[str, Any] | Missing:
        """Return rows and totals of a run's layers."""
        sidecar = view.sidecar
        if isinstance(sidecar, Missing):
            return sidecar
        said = plain(sidecar.config)
        parts = [said["preprocessing"], said["layers"], sidecar.shape]
        key = json.dumps(parts, sort_keys=True)
        if key not in self._known:
            self._known[key] = _told(
                partial(describe, sidecar.config, sidecar.shape, view.path)
            )
        found = self._known[key]
        if isinstance(found, Missing):
            return found
        found = replace(found, title=view.path)
        return {"rows": layer_rows(found), "facts": facts(found)}


def _told(read: Callable[[], _T]) -> _T | Missing:
    """Return what is read, or why it cannot be read."""
    try:
        return read()
    except BeenetError as error:
        return Missing(str(error))


def _text(path: Path) -> str:
    try:
        return read_plain(path).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(f"{path} cannot be read: {reason(error)}") from None


def _outcomes(entry: Entry, split: str) -> Outcomes:
    found = entry.outcomes(split)
    if found is None:
        raise RunError(f"the run kept no {entry.folder.outcomes.name}")
    return found


def _history(path: Path) -> list[Epoch]:
    """Read a history, and check that it can be drawn."""
    found = read_csv(path)
    drawn = [
        (row.train_loss, row.train_accuracy or 0.0, row.test_loss, row.test_accuracy)
        for row in found
    ]
    if not found:
        raise RunError(f"{path} tells of no epoch")
    if [row.epoch for row in found] != list(range(1, len(found) + 1)) or not all(
        abs(number) < _MAX_DRAWN for numbers in drawn for number in numbers
    ):
        raise RunError(f"{path} is not a history: its numbers cannot be")
    return found


_MAX_DRAWN = 1e30
"""Larger numbers cannot be drawn; the comparison also excludes NaN."""
