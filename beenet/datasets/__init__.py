"""The data sets: the registry, where they are stored, how their values are read."""

from beenet.datasets.dataset import Dataset, Split
from beenet.datasets.home import data_home
from beenet.datasets.opening import open_dataset
from beenet.registry import REGISTRY, SPLITS, DatasetInfo, find

__all__ = [
    "REGISTRY",
    "SPLITS",
    "Dataset",
    "DatasetInfo",
    "Split",
    "data_home",
    "find",
    "open_dataset",
]
