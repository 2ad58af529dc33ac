"""The data sets: what they are, where they live, how their numbers are read."""

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
