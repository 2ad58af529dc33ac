"""Experiments: train and score what a config describes."""

from beenet.experiment.evaluate import evaluate
from beenet.experiment.train import train
from beenet.reporter import Reporter

__all__ = ["Reporter", "evaluate", "train"]
