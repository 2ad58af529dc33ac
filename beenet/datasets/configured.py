"""Opens the data that a config names, in the shape of its network's input."""

from dataclasses import replace
from pathlib import Path

from beenet.config import Config
from beenet.config.layers import ShapeError
from beenet.datasets.dataset import Dataset, Split
from beenet.datasets.opening import open_dataset
from beenet.datasets.union import union
from beenet.errors import DatasetError


def open_data(config: Config, data_dir: Path | None) -> Dataset:
    """Open the data set that a config names, or several of them as one.

    Raises:
        DatasetError: one is not installed or not valid, or they do not fit together.
    """
    wanted = config.dataset
    first = open_dataset(
        name=wanted.name,
        path=Path(wanted.path) if wanted.path else None,
        classes=wanted.classes,
        data_dir=data_dir,
    )
    if not wanted.plus:
        return first
    more = [open_dataset(name=name, data_dir=data_dir) for name in wanted.plus]
    return union([first, *more])


def open_split(config: Config, dataset: Dataset, name: str) -> Split:
    """Return a split in the shape of the network's input.

    Raises:
        DatasetError: the network takes examples of another size.
    """
    split = dataset.split(name)
    try:
        shape = config.input_shape(dataset.shape)
    except ShapeError as error:
        raise DatasetError(f"{dataset.title}: {error}") from None
    return replace(split, x=split.x.reshape(len(split), *shape))
