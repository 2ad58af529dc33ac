"""Reports which data sets are installed, and how to get the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from beenet.datasets.dataset import Dataset
from beenet.datasets.folder import refuse_missing
from beenet.datasets.home import data_home
from beenet.datasets.manifest import load_manifest
from beenet.datasets.notes import load_notes
from beenet.datasets.opening import is_folder, open_dataset, refuse_other_classes
from beenet.errors import DatasetError
from beenet.media import Recipe
from beenet.registry import REGISTRY, SPLITS, DatasetInfo, find

State = Literal[
    "inside beenet", "installed", "synthetic", "damaged", "missing", "your own"
]


@dataclass(frozen=True)
class Status:
    """One data set on this machine."""

    info: DatasetInfo
    """The registry's entry."""
    state: State
    """Whether and how it is available."""
    title: str
    """The name to show; that of a synthetic set says so."""
    counts: dict[str, int]
    """Split name to number of examples: the installed set's, else the registry's."""
    remedy: str = ""
    """How to get it, if it is missing, damaged or synthetic; else empty."""
    where: str = ""
    """The folder, if installed; else empty."""
    source: str = ""
    """Where the files came from."""
    hashes: dict[str, str] = field(default_factory=dict)
    """File name to SHA-256."""
    balance: dict[str, dict[str, int]] = field(default_factory=dict)
    """Split name to class name to number of examples; only from `full_status`."""
    recipe: Recipe | None = None
    """How raw files become examples of a user's own set."""

    def to_json(self) -> dict[str, object]:
        """Return plain values for scripts; `majority` is the baseline's accuracy."""
        return {
            "name": self.info.name,
            "title": self.title,
            "kind": self.info.kind,
            "shape": list(self.info.shape),
            "classes": list(self.info.classes),
            "counts": self.counts,
            "status": self.state,
            "synthetic": self.state == "synthetic",
            "remedy": self.remedy or None,
            "where": self.where or None,
            "source": self.source or None,
            "hashes": self.hashes,
            "recipe": self.recipe and self.recipe.model_dump(mode="json"),
            "balance": self.balance,
            "majority": {
                split: max(by_class.values()) / sum(by_class.values())
                for split, by_class in self.balance.items()
            },
        }


def all_statuses(data_dir: Path | None = None) -> list[Status]:
    """Return the status of every registered set, from the manifests alone."""
    return [_status(info, data_dir) for info in REGISTRY.values()]


def full_status(
    name: str,
    data_dir: Path | None = None,
    classes: Sequence[str] | None = None,
) -> Status:
    """Return one set's status with its hashes and class balance.

    Args:
        name: of a registered set, or a folder of six pickles.
        data_dir: the data home; see `data_home`.
        classes: class names of a folder that does not record them.

    Raises:
        DatasetError: no such set, or it is damaged.
    """
    if is_folder(name):
        return _own_status(Path(name), data_dir, classes)
    info = find(name)
    refuse_other_classes(info, classes)
    status = _status(info, data_dir)
    if status.state == "missing":
        return status
    dataset = open_dataset(name=info.name, data_dir=data_dir)
    return replace(
        status,
        counts=dataset.counts,
        hashes=dataset.hashes,
        balance=_balance(dataset),
    )


def _balance(dataset: Dataset) -> dict[str, dict[str, int]]:
    balance = {}
    for split in SPLITS:
        per_class = dataset.targets(split).sum(axis=0, dtype=np.float64)
        balance[split] = {
            label: int(n) for label, n in zip(dataset.classes, per_class, strict=True)
        }
    return balance


def _own_status(
    folder: Path, data_dir: Path | None, classes: Sequence[str] | None
) -> Status:
    dataset = open_dataset(path=folder, classes=classes, data_dir=data_dir)
    notes = load_notes(folder)
    recipe = dataset.recipe
    info = DatasetInfo(
        name=dataset.name,
        shape=dataset.shape,
        classes=dataset.classes,
        counts=dataset.counts,
        kind=recipe.kind if recipe else "image",
    )
    return Status(
        info=info,
        state="synthetic" if dataset.synthetic else "your own",
        title=dataset.title,
        counts=dataset.counts,
        where=str(folder),
        source=notes.source if notes else "",
        hashes=dataset.hashes,
        balance=_balance(dataset),
        recipe=recipe,
    )


def _status(info: DatasetInfo, data_dir: Path | None) -> Status:
    if info.name == "MNIST":
        return Status(info, "inside beenet", info.name, info.counts)
    add = f"beenet data add {info.name} PATH"
    folder = data_home(data_dir) / info.name
    try:
        manifest = load_manifest(folder)
        if manifest is None:
            remedy = f"{add}  (or: beenet data synth {info.name})"
            return Status(info, "missing", info.name, info.counts, remedy)
        refuse_missing(folder)
    except DatasetError:
        remedy = f"{add} --overwrite"
        return Status(info, "damaged", info.name, info.counts, remedy, str(folder))
    return Status(
        info=info,
        state="synthetic" if manifest.synthetic else "installed",
        title=manifest.title,
        counts=manifest.counts,
        remedy=f"the real one: {add}" if manifest.synthetic else "",
        where=str(folder),
        source=manifest.source,
    )
