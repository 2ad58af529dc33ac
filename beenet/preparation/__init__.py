"""What is done to examples between the data set and the network, in numpy."""

from beenet.preparation.augmentation import Augmenter
from beenet.preparation.preprocessing import needed, preprocess
from beenet.preparation.statistics import compute

__all__ = ["Augmenter", "compute", "needed", "preprocess"]
