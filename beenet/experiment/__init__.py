"""Experiments: train and score what a config describes."""

from beenet.experiment.evaluate import evaluate
from beenet.experiment.reporter import Reporter
from beenet.experiment.train import train

__all__ = ["Reporter", "evaluate", "train"]
