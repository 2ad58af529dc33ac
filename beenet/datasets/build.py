"""Builds the six pickles that nets train on from raw pictures or recordings.

train_X.pck ... valid_Y.pck     as in every set; X float32 or uint8, Y float64 one-hot
dataset.json                    classes, counts, recipe, options, hashes
files.csv                       where each row came from: split, row, file, class, ...
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from beenet.dataset_json import FILE_NAME, read_notes
from beenet.datasets.copies import without_copies
from beenet.datasets.fingerprint import sha256_of
from beenet.datasets.folder import SIX_FILES
from beenet.datasets.groups import Groups
from beenet.datasets.notes import Notes, save_notes
from beenet.datasets.raw_files import RawFile, RawFiles
from beenet.datasets.set_writer import FILES_CSV, Listener, SetWriter
from beenet.datasets.sources import read_source
from beenet.datasets.splitting import draw_splits, refuse_few_groups
from beenet.errors import DatasetError
from beenet.media import AudioRecipe, Recipe
from beenet.media.read import shown
from beenet.registry import SPLITS
from beenet.system import files
from beenet.system.scratch import scratch_folder
from beenet.text.moments import now
from beenet.text.words import reason

_MADE = {*SIX_FILES, FILE_NAME, FILES_CSV}
"""The files of a built set."""

FRACTIONS = {"train": 0.7, "test": 0.15, "valid": 0.15}


@dataclass(frozen=True)
class BuildPlan:
    """How to build a set."""

    recipe: Callable[[Literal["image", "audio"]], Recipe]
    """Returns the recipe for pictures or for recordings."""
    classes: tuple[str, ...] = ()
    """The one-hot order, if these are the source's classes; else alphabetical."""
    group_by: str | None = None
    """``parent``, or a regular expression over each file's path."""
    fractions: Mapping[str, float] | None = None
    """Split name to share; None for 0.7, 0.15, 0.15. Not for a source with splits."""
    seed: int = 1
    """Fixes the splits and the order of the rows."""
    dtype: Literal["float32", "uint8"] = "float32"
    """uint8 stores k for k/255: a quarter of the size, but only for pictures."""
    skip_unreadable: bool = False
    """Leave out unreadable files; else one such file fails the build."""
    overwrite: bool = False
    """Replace a set that was built before."""


def build(source: Path, out: Path, plan: BuildPlan, listener: Listener) -> Notes:
    """Build a user's own set; ``out`` appears whole or not at all.

    Args:
        source: class folders, splits of class folders, or a CSV file.
        out: the folder to make.
        plan: how to build it.
        listener: receives notes, warnings and progress.

    Raises:
        DatasetError: the files do not make a set, or it cannot be written.
    """
    if source.is_dir() and read_notes(source) is not None:
        raise DatasetError(
            f"{source}: is a set already; a config trains on it as dataset: {{path: "
            f"{source}}}"
        )
    _refuse_place(source, out, plan.overwrite)
    found = read_source(source, plan.group_by, listener.note)
    _refuse_swallowing(out, [source, *(file.path for file in found.files)])
    same = set(plan.classes) == set(found.classes)
    classes = plan.classes if same else found.classes
    recipe = plan.recipe(found.kind).model_copy(update={"origin": "built"})
    if plan.dtype == "uint8" and isinstance(recipe, AudioRecipe):
        raise DatasetError("recordings go below 0, which uint8 cannot hold")
    if found.is_split and plan.fractions is not None:
        raise DatasetError(f"{source}: has its own splits, so no fractions apply")
    unique = without_copies(found.files, recipe, listener)
    if not found.is_split:
        refuse_few_groups(file.group for file in unique)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with scratch_folder(out.parent) as scratch:
            folder = scratch / out.name
            folder.mkdir()
            writer = SetWriter(folder, scratch, recipe, classes, plan.dtype, listener)
            readable = writer.read(unique, skip_unreadable=plan.skip_unreadable)
            splits = _splits(found, readable, classes, plan)
            counts = writer.write(splits)
            options: dict[str, Any] = {
                "seed": plan.seed,
                "dtype": plan.dtype,
                "group_by": plan.group_by,
                "fractions": None
                if found.is_split
                else dict(plan.fractions or FRACTIONS),
            }
            notes = Notes(
                name=out.name,
                classes=classes,
                counts=counts,
                recipe=recipe,
                source=str(source.resolve()),
                options=options,
                files=len(readable),
                sha256={name: sha256_of(folder / name) for name in SIX_FILES},
                date=now(),
                groups=_groups(splits, recipe),
            )
            save_notes(folder, notes)
            _refuse_place(source, out, plan.overwrite)  # it may have changed meanwhile
            files.replace_folder(folder, out)
    except OSError as error:
        raise DatasetError(
            f"{out}: cannot be written: {reason(error)}; free some room, or choose "
            "another place with --out"
        ) from None
    return notes


def _refuse_place(source: Path, out: Path, overwrite: bool) -> None:
    if source.is_dir() and source.resolve() in (out.resolve(), *out.resolve().parents):
        raise DatasetError(f"{out}: lies inside {source}; build it somewhere else")
    if not out.exists():
        return
    ours = out.is_dir() and read_notes(out) is not None
    if ours and overwrite:
        others = {path.name for path in out.iterdir()} - _MADE
        if others:
            raise DatasetError(
                f"{out}: holds what `beenet data build` did not make, such as "
                f"{min(others)}; --overwrite would remove it"
            )
        return
    if ours:
        raise DatasetError(f"{out}: is a set already; --overwrite builds it again")
    if not out.is_dir() or any(out.iterdir()):
        raise DatasetError(f"{out}: exists, and `beenet data build` did not make it")


def _refuse_swallowing(out: Path, sources: Iterable[Path]) -> None:
    """Refuse to replace a folder that the set is made from."""
    place = out.resolve()
    for path in sources:
        if place in (path.resolve(), *path.resolve().parents):
            raise DatasetError(f"{out}: holds {shown(path)}; build it somewhere else")


def _splits(
    found: RawFiles, readable: list[RawFile], classes: tuple[str, ...], plan: BuildPlan
) -> dict[str, list[RawFile]]:
    """Return each split's files, in random order.

    Args:
        found: the source's files.
        readable: those that can be read, sorted by split and name.
        classes: in one-hot order.
        plan: how to split them.
    """
    names = [file.split or "" for file in readable]
    if not found.is_split:
        names = draw_splits(
            [file.group for file in readable],
            [classes.index(file.label) for file in readable],
            plan.fractions or FRACTIONS,
            plan.seed,
        )
    splits: dict[str, list[RawFile]] = {split: [] for split in SPLITS}
    for file, split in zip(readable, names, strict=True):
        splits[split].append(file)
    for i, (split, members) in enumerate(splits.items()):
        order = np.random.default_rng([plan.seed, i]).permutation(len(members))
        splits[split] = [members[j] for j in order]
    return splits


def _groups(splits: Mapping[str, list[RawFile]], recipe: Recipe) -> Groups:
    """Return how many groups, or else files, each split comes from."""
    grouped = any(file.group != file.name for part in splits.values() for file in part)
    counts = {
        split: len({file.group for file in members})
        for split, members in splits.items()
    }
    if grouped:
        return Groups("group", counts)
    return Groups("recording" if recipe.kind == "audio" else "picture", counts)
