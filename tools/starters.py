"""The lecture's TFLearn program and starter nets: published figures beside ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from beenet.runs.folder import RunFolder
from beenet.text.markdown import md_table

PUBLISHED: dict[str, float | None] = {
    "mnist/tflearn_convnet1": None,
    "bee1_gray/ann": 0.5703,
    "bee1/cnn": 0.8739,
    "bee2_1s_gray/ann": None,
    "bee2_1s/cnn": None,
    "bee4_gray/ann": None,
    "bee4/cnn": None,
    "buzz1/ann": 0.4704,
    "buzz1/cnn": 0.4157,
    "buzz2/ann": None,
    "buzz2/cnn": None,
    "buzz3/ann": None,
    "buzz3/cnn": None,
}
"""Accuracy on the real set's valid by config; None where there is none."""


@dataclass(frozen=True)
class Starter:
    """Our run of a config, finished."""

    name: str
    data: str
    """The data set's title, which says where it is a stand-in."""
    epochs: int
    test: float
    valid: float
    baseline: float
    """What always naming valid's commonest class scores."""


def read_starters(runs: Path) -> list[Starter]:
    """Return those that are finished.

    Args:
        runs: the folder of runs.

    Raises:
        RunError: a run's files cannot be read.
    """
    folders = {name: RunFolder(runs / name) for name in PUBLISHED}
    return [
        _read(name, run) for name, run in folders.items() if run.state() == "finished"
    ]


def _read(name: str, run: RunFolder) -> Starter:
    metrics = run.read_metrics()
    test, valid = metrics.splits["test"], metrics.splits["valid"]
    return Starter(
        name=name,
        data=metrics.dataset,
        epochs=metrics.epochs,
        test=test.accuracy,
        valid=valid.accuracy,
        baseline=valid.baseline,
    )


def starter_table(starters: Sequence[Starter]) -> str:
    """Return the starters in Markdown, accuracies as the lecture writes them."""
    rows = [["config", "our data", "epochs", "test", "valid", "baseline", "published"]]
    for starter in starters:
        published = PUBLISHED[starter.name]
        rows.append(
            [
                starter.name,
                starter.data,
                str(starter.epochs),
                _share(starter.test),
                _share(starter.valid),
                _share(starter.baseline),
                "" if published is None else _share(published),
            ]
        )
    return md_table(rows, left=2)


def _share(value: float) -> str:
    """Return ``.8739``."""
    return f"{value:.4f}".removeprefix("0")
