"""The weight of each class in the loss."""

import numpy as np

from beenet.config import Config
from beenet.datasets import Dataset, Split
from beenet.errors import DatasetError


def class_weights(
    config: Config, dataset: Dataset, train: Split
) -> tuple[float, ...] | None:
    """Return the weights in one-hot order; None if all examples have the same weight.

    Balanced weights are scikit-learn's, ``n / (n_classes * count)``: the total weight
    of every class is then the same, and the mean weight of an example 1.

    Args:
        config: the experiment.
        dataset: its data.
        train: the split whose examples are counted.

    Raises:
        DatasetError: balanced weights are requested, and a class has no example.
    """
    wanted = config.training.class_weights
    if wanted is None or isinstance(wanted, tuple):
        return wanted
    if isinstance(wanted, dict):
        return tuple(wanted.get(name, 1.0) for name in dataset.classes)
    counts = np.bincount(train.labels, minlength=len(dataset.classes))
    if not counts.all():
        missing = dataset.classes[int(np.argmin(counts))]
        raise DatasetError(
            f"{dataset.title}: train has no example of {missing}, so that classes "
            "cannot be balanced; give training.class_weights as numbers"
        )
    return tuple((counts.sum() / (len(counts) * counts)).tolist())
