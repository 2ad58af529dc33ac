"""Scores of predictions: plain numpy, no TensorFlow."""

import math
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, ValidationInfo


def _whole(text: str) -> str:
    """Refuse lone surrogates, which JSON can hold, but not a file in UTF-8."""
    text.encode()
    return text


Text = Annotated[str, AfterValidator(_whole)]
"""A name or a title."""

Count = Annotated[int, Field(strict=True, ge=0, le=2**53)]
"""A count; above the bound, not every reader of JSON keeps integers exact."""

Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
"""A proportion from 0 to 1."""

Amount = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
"""A finite number of 0 or more."""

Loss = Annotated[float, Field(strict=True)]
"""A loss; infinite if the net gives a true class the probability 0."""

Confusion = tuple[tuple[Count, ...], ...]
"""Counts; a row for each true class, a column for each predicted one."""


def _square(rows: Confusion, scores: ValidationInfo) -> Confusion:
    """Refuse a confusion matrix without one row and column for each class."""
    classes = scores.data.get("classes", ())
    if {len(rows), *map(len, rows)} != {len(classes)}:
        raise ValueError("must have a row and a column for each class")
    return rows


@dataclass(frozen=True)
class ClassScore:
    """The scores of one class; None where there was nothing to count."""

    name: Text
    support: Count
    """Number of examples of the class."""
    predicted: Count
    """Number of examples predicted as the class."""
    precision: Share | None
    """Share of the predicted that are of the class."""
    recall: Share | None
    """Share of the class that is predicted as it."""
    f1: Share | None
    """Harmonic mean of precision and recall."""


@dataclass(frozen=True)
class Scores:
    """The scores of one model on one split."""

    n: Annotated[Count, Field(gt=0)]
    """Number of examples."""
    accuracy: Share
    """Share of examples whose most probable class is the true one."""
    interval: tuple[Share, Share]
    """95 % interval of the accuracy, for chance in the sample of examples only."""
    baseline: Share
    """Accuracy of always predicting the most common class of this split."""
    majority: Text
    """The most common class."""
    loss: Loss
    """Mean loss, without regularization."""
    classes: Annotated[tuple[ClassScore, ...], Field(min_length=1)]
    confusion: Annotated[Confusion, AfterValidator(_square)]

    def to_json(self) -> dict[str, Any]:
        """Return plain data with numbers at full precision."""
        return asdict(self)


@dataclass(frozen=True)
class Evaluation:
    """One model's scores on one split of one data set."""

    model: str
    """Where the model is."""
    dataset: str
    """The data set's title, which says if it is synthetic."""
    synthetic: bool
    """Whether the data are synthetic, so that the scores mean nothing."""
    split: str
    """``train``, ``test`` or ``valid``."""
    scores: Scores
    """The scores."""

    def to_json(self) -> dict[str, Any]:
        """Return plain data with numbers at full precision."""
        return asdict(self)


def compute_scores(
    labels: NDArray[np.int64],
    probabilities: NDArray[np.float32],
    loss: float,
    classes: tuple[str, ...],
) -> Scores:
    """Return the scores of predictions.

    Args:
        labels: the true classes, int64 [n], 0 to n_classes - 1.
        probabilities: the outputs, float32 [n, n_classes]; the largest is the
            prediction, in a tie the first, as in TFLearn's accuracy.
        loss: the mean loss.
        classes: the class names in one-hot order.
    """
    predicted = probabilities.argmax(axis=1)
    confusion = confusion_matrix(labels, predicted, len(classes))
    n, correct = int(confusion.sum()), int(confusion.trace())
    support = confusion.sum(axis=1)
    majority = int(support.argmax())
    return Scores(
        n=n,
        accuracy=correct / n,
        interval=wilson_interval(correct, n),
        baseline=int(support[majority]) / n,
        majority=classes[majority],
        loss=loss,
        classes=tuple(
            _class_score(name, confusion, index) for index, name in enumerate(classes)
        ),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
    )


def confusion_matrix(
    labels: NDArray[np.int64], predicted: NDArray[np.int64], n_classes: int
) -> NDArray[np.int64]:
    """Count examples by true class (row) and predicted class (column).

    Returns:
        int64 [n_classes, n_classes].
    """
    cells = np.bincount(labels * n_classes + predicted, minlength=n_classes**2)
    return cells.reshape(n_classes, n_classes).astype(np.int64)


def wilson_interval(correct: float, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % score interval of a proportion.

    E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", J. Am. Stat. Assoc. 22 (1927): the proportions p whose standard
    error covers the observed one,
    (p' + z^2 / 2n +- z sqrt(p' (1 - p') / n + z^2 / 4n^2)) / (1 + z^2 / n).
    """
    z = 1.959963984540054
    p = correct / n
    centre = p + z * z / (2 * n)
    spread = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def _class_score(name: str, confusion: NDArray[np.int64], index: int) -> ClassScore:
    hits = int(confusion[index, index])
    support = int(confusion[index].sum())
    predicted = int(confusion[:, index].sum())
    precision = hits / predicted if predicted else None
    recall = hits / support if support else None
    # 2PR / (P + R) in counts, which is defined whenever P or R is.
    f1 = 2 * hits / (support + predicted) if support + predicted else None
    return ClassScore(name, support, predicted, precision, recall, f1)
