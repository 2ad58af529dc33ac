"""Which data a stranger's network was taught on, as far as anyone can tell."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beenet.config.layers import ExampleShape, show_shape
from beenet.errors import DatasetError
from beenet.registry import REGISTRY, find


@dataclass(frozen=True)
class AdoptedData:
    """A network's data: what a config says of them, and what is known of them."""

    section: str | dict[str, Any]
    """The config's ``dataset``."""
    title: str
    shape: ExampleShape
    """The shape of one example."""
    classes: tuple[str, ...] = ()
    """The class names in one-hot order; empty where nobody told them."""
    unknown: tuple[str, ...] = ()
    """What is not known, for people."""


def adopted_data(
    shape: ExampleShape,
    outputs: int,
    dataset: str | None,
    classes: tuple[str, ...] | None,
) -> AdoptedData:
    """Return a network's data by what the user says, or by its shape alone.

    Args:
        shape: the shape of one example as the network takes it.
        outputs: how many classes the network knows.
        dataset: a registered data set, or a folder of six pickles.
        classes: the class names of a set that is not registered.

    Raises:
        DatasetError: what the user says does not fit the network.
    """
    if dataset is not None and not Path(dataset).is_dir():
        return _registered(find(dataset).name, shape, outputs, classes)
    if classes and len(classes) != outputs:
        raise DatasetError(
            f"--classes names {len(classes)}, the network has {outputs} outputs"
        )
    unknown = []
    if dataset is None:
        fitting = [
            name
            for name, entry in REGISTRY.items()
            if (entry.shape, len(entry.classes)) == (shape, outputs)
        ]
        if len(fitting) == 1 and not classes:
            said = f"the data set: {fitting[0]} is the one of that shape"
            return AdoptedData(
                fitting[0], fitting[0], shape, REGISTRY[fitting[0]].classes, (said,)
            )
        some = f": it may be {', '.join(fitting)}" if fitting else ""
        unknown.append(f"the data set{some}; name it by --dataset, or below")
    if not classes:
        unknown.append("the names of the classes; give them by --classes, or below")
    folder = str(Path(dataset).resolve()) if dataset else "data"
    named = list(classes or (f"CLASS_{i}" for i in range(outputs)))
    return AdoptedData(
        {"path": folder, "classes": named},
        folder if dataset else "unknown data",
        shape,
        classes or (),
        tuple(unknown),
    )


def _registered(
    name: str, shape: ExampleShape, outputs: int, classes: tuple[str, ...] | None
) -> AdoptedData:
    entry = REGISTRY[name]
    if math.prod(entry.shape) != math.prod(shape):
        raise DatasetError(
            f"{name} has examples of {show_shape(entry.shape)}, the network takes "
            f"{show_shape(shape)}"
        )
    if len(entry.classes) != outputs:
        raise DatasetError(
            f"{name} has {len(entry.classes)} classes, the network has {outputs} "
            "outputs"
        )
    if classes:
        raise DatasetError(f"{name} needs no --classes: it has its own")
    return AdoptedData(name, name, entry.shape, entry.classes)
