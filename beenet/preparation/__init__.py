"""Preprocessing and augmentation of examples, in numpy."""

from beenet.preparation.augmentation import Augmenter
from beenet.preparation.preprocessing import needed, preprocess
from beenet.preparation.statistics import compute

__all__ = ["Augmenter", "compute", "needed", "preprocess"]
