"""`outcomes.npz`: a model's answer to each example, so that tests can be paired.

The file has numpy's format, without pickles. For each split it holds, in data order:

- ``<split>_true``: the true class, uint8 [n] (uint16 beyond 256 classes);
- ``<split>_predicted``: the most probable class, of the same type;
- ``<split>_probability``: the probability of the true class, float16 [n].
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.errors import RunError
from beenet.system.npz import from_npz, to_npz
from beenet.system.plain_files import open_plain
from beenet.text.words import reason

_MAX_BYTES = 2**30
"""Limit of the outcomes of one run; MNIST's take half a megabyte."""
_PARTS = ("true", "predicted", "probability")


@dataclass(frozen=True)
class Outcomes:
    """One model's answers on one split, in the order of the data."""

    true: NDArray[Any]
    """The true classes, uint8 or uint16 [n]."""
    predicted: NDArray[Any]
    """The most probable classes, of the same type [n]."""
    probability: NDArray[np.float16]
    """The model's probability of the true class, [n]."""

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Whether each prediction is correct, [n]."""
        right: NDArray[np.bool_] = self.predicted == self.true
        return right

    def pairs_with(self, other: "Outcomes") -> bool:
        """Return whether the other's examples have the same true classes in order."""
        return np.array_equal(self.true, other.true)


def outcomes_of(
    labels: NDArray[np.int64],
    probabilities: NDArray[np.float32],
    predicted: NDArray[np.int64] | None = None,
) -> Outcomes:
    """Return the outcomes of a network's predictions.

    Args:
        labels: the true classes, int64 [n].
        probabilities: the outputs, float32 [n, n_classes].
        predicted: the predicted classes, int64 [n]; None for the most probable.
    """
    if predicted is None:
        predicted = probabilities.argmax(axis=1)
    kind = np.uint8 if probabilities.shape[1] <= 256 else np.uint16
    given = probabilities[np.arange(len(labels)), labels]
    return Outcomes(
        true=labels.astype(kind),
        predicted=predicted.astype(kind),
        # Outputs need not be probabilities: under mean_square they have no bounds.
        probability=np.clip(given, -65504, 65504).astype(np.float16),
    )


def to_bytes(splits: Mapping[str, Outcomes]) -> bytes:
    """Return the file's bytes, which are equal for equal outcomes."""
    parts = {
        f"{split}_{part}": getattr(outcomes, part)
        for split, outcomes in splits.items()
        for part in _PARTS
    }
    return bytes(to_npz(parts, packed=True))


def read_outcomes(
    path: Path, split: str, n_classes: int | None = None
) -> Outcomes | None:
    """Return a split's outcomes; None if there is no file.

    Args:
        path: the file.
        split: the split's name.
        n_classes: the number of classes, to check the class indices; None for no
            check.

    Raises:
        RunError: the file is damaged, or has other classes.
    """
    try:
        with open_plain(path) as file:
            names = [f"{split}_{part}" for part in _PARTS]
            found = Outcomes(*from_npz(file, _MAX_BYTES, names).values())
    except FileNotFoundError:  # a run of an older version
        return None
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read: {reason(error)}") from None
    if len({part.shape for part in vars(found).values()}) != 1 or found.true.ndim != 1:
        raise RunError(f"{path} cannot be read: its {split} is not one row an example")
    kinds = [part.dtype.kind for part in vars(found).values()]
    if kinds != ["u", "u", "f"] or not len(found.true):
        raise RunError(f"{path} cannot be read: its {split} holds no outcomes")
    if n_classes is not None and not all(
        part.max(initial=0) < n_classes for part in (found.true, found.predicted)
    ):
        raise RunError(
            f"{path} cannot be read: its {split} is not of the {n_classes} classes "
            "that metrics.json names"
        )
    return found
