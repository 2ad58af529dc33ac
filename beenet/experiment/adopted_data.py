"""Determine the data on which a third-party network was trained, as far as possible."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from beenet.config.layers import ExampleShape
from beenet.datasets.notes import Notes, load_notes
from beenet.datasets.opening import is_folder
from beenet.errors import DatasetError
from beenet.media import Recipe, recipe_for
from beenet.network.sidecar import UNKNOWN_DATA
from beenet.registry import REGISTRY, find
from beenet.text.values import show_shape


@dataclass(frozen=True)
class AdoptedData:
    """A network's data: the config section for them, and what is known of them."""

    section: str | dict[str, Any]
    """The config's ``dataset``."""
    title: str
    shape: ExampleShape
    """The shape of one example."""
    classes: tuple[str, ...] = ()
    """The class names in one-hot order; empty if unknown."""
    unknown: tuple[str, ...] = ()
    """What is not known, as text for the user."""
    recipe: Recipe | None = None
    """How raw files become examples."""


def adopted_data(
    shape: ExampleShape,
    outputs: int,
    dataset: str | None,
    classes: tuple[str, ...] | None,
) -> AdoptedData:
    """Return a network's data by the user's arguments, or else by its shape.

    Args:
        shape: the shape of one example as the network takes it.
        outputs: the number of the network's classes.
        dataset: a registered data set, or a folder of six pickles.
        classes: the class names of a set that is not registered.

    Raises:
        DatasetError: the arguments do not fit the network.
    """
    if dataset is not None and not is_folder(dataset):
        return _registered(find(dataset).name, shape, outputs, classes)
    if classes and len(classes) != outputs:
        raise DatasetError(
            f"--classes names {len(classes)}, the network has {outputs} outputs"
        )
    if dataset is not None and (notes := load_notes(Path(dataset))) is not None:
        return _built(Path(dataset), notes, shape, outputs, classes)
    unknown = []
    if dataset is None:
        fitting = [
            name
            for name, entry in REGISTRY.items()
            if (entry.shape, len(entry.classes)) == (shape, outputs)
        ]
        if len(fitting) == 1 and not classes:
            said = f"the data set; took {fitting[0]}, the only one of that shape"
            known = _registered(fitting[0], shape, outputs, None)
            return replace(known, unknown=(said,))
        some = f": it may be {', '.join(fitting)}" if fitting else ""
        unknown.append(f"the data set{some}; name it by --dataset, or below")
    if not classes:
        unknown.append("the names of the classes; give them by --classes, or below")
    folder = str(Path(dataset).resolve()) if dataset else "data"
    named = list(classes or (f"CLASS_{i}" for i in range(outputs)))
    return AdoptedData(
        {"path": folder, "classes": named},
        folder if dataset else UNKNOWN_DATA,
        shape,
        classes or (),
        tuple(unknown),
        recipe_for(shape),
    )


def _built(
    folder: Path,
    notes: Notes,
    shape: ExampleShape,
    outputs: int,
    classes: tuple[str, ...] | None,
) -> AdoptedData:
    """Return a set made by `beenet data build`, whose notes have its classes."""
    if classes and classes != notes.classes:
        raise DatasetError(
            f"{folder} was built with the classes {', '.join(notes.classes)}, not "
            f"{', '.join(classes)}"
        )
    _refuse_misfit(str(folder), notes.recipe.shape, notes.classes, shape, outputs)
    section = {"path": str(folder.resolve()), "classes": list(notes.classes)}
    title, recipe = folder.resolve().name, notes.recipe
    return AdoptedData(section, title, recipe.shape, notes.classes, recipe=recipe)


def _registered(
    name: str, shape: ExampleShape, outputs: int, classes: tuple[str, ...] | None
) -> AdoptedData:
    entry = REGISTRY[name]
    _refuse_misfit(name, entry.shape, entry.classes, shape, outputs)
    if classes:
        raise DatasetError(f"{name} needs no --classes: it has its own")
    recipe = recipe_for(entry.shape, entry)
    return AdoptedData(name, name, entry.shape, entry.classes, recipe=recipe)


def _refuse_misfit(
    name: str,
    has: ExampleShape,
    classes: tuple[str, ...],
    takes: ExampleShape,
    outputs: int,
) -> None:
    if math.prod(has) != math.prod(takes):
        raise DatasetError(
            f"{name} has examples of {show_shape(has)}, the network takes "
            f"{show_shape(takes)}"
        )
    if len(classes) != outputs:
        raise DatasetError(
            f"{name} has {len(classes)} classes, the network has {outputs} outputs"
        )
