"""What the loss, the metric and the training options of a valid config get wrong."""

from collections.abc import Iterator
from typing import Literal

from beenet.config.estimator import TopK, WeakCrossEntropy2D
from beenet.config.model import Config
from beenet.config.text import Path

Severity = Literal["error", "warning"]
Found = tuple[Severity, Path, str]


def estimator_findings(config: Config, n_classes: int | None) -> Iterator[Found]:
    """Yield what does not go together.

    Args:
        config: a valid config.
        n_classes: the number of its data's classes, if known.
    """
    if n_classes is not None:
        yield from _counts(config, n_classes)


def _counts(config: Config, n_classes: int) -> Iterator[Found]:
    """Compare what loss and metric say of the classes with how many there are."""
    has = f"{config.dataset.title} has {n_classes} classes"
    loss, metric = config.loss, config.metric
    if isinstance(loss, WeakCrossEntropy2D):
        at = ("loss", loss.tflearn_name)
        if loss.num_classes not in (None, n_classes):
            yield "error", (*at, "num_classes"), f"is {loss.num_classes}, but {has}"
        if loss.head is not None and len(loss.head) != n_classes:
            yield "error", (*at, "head"), f"has {len(loss.head)} factors, but {has}"
    if isinstance(metric, TopK) and metric.k >= n_classes:
        text = f"is {metric.k}, so that the metric is always 1: {has}"
        yield "warning", ("metric", "top_k", "k"), text
