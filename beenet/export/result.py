"""The result of an export: a file, and the difference of its outputs."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.export.examples import ExportInputs
from beenet.text.words import counted


@dataclass(frozen=True)
class Agreement:
    """The comparison of a model's outputs with the exported one's, on examples."""

    examples: int
    """Their number."""
    source: str
    """Their source."""
    largest_difference: float
    """The largest absolute difference of two corresponding outputs."""
    same_class: float
    """Share of the examples for which both predict the same class."""
    accuracy: float | None
    """The model's, on these examples; None if their classes are not known."""
    exported_accuracy: float | None
    """The exported model's."""
    baseline: float | None
    """Accuracy of always predicting the most common class of these examples."""


@dataclass(frozen=True)
class Exported:
    """A model in another form."""

    model: str
    """The `.tfl`."""
    form: str
    """``script``, ``savedmodel`` or ``tflite``."""
    path: str
    """The file or folder."""
    size: int
    """Its size in bytes."""
    int8: bool
    """Whether it computes in 8-bit integers."""
    comparison: Agreement
    """The comparison of its outputs with the model's."""

    def to_json(self) -> dict[str, Any]:
        """Return plain data, with numbers at full precision."""
        return asdict(self)

    def to_text(self) -> str:
        """Return a few lines of text."""
        seen = self.comparison
        lines = [
            f"{self.path}: {self.size:,} bytes",
            f"largest difference  {seen.largest_difference:.3g}  "
            f"({counted(seen.examples, 'example')}, {seen.source})",
            f"same class          {seen.same_class:.5f}",
        ]
        if seen.accuracy is not None:
            lines.append(
                f"accuracy            {seen.exported_accuracy:.5f}  "
                f"(the model's {seen.accuracy:.5f}, baseline {seen.baseline:.5f})"
            )
        return "\n".join(lines)


def compare(
    examples: ExportInputs, ours: NDArray[np.float32], theirs: NDArray[np.float32]
) -> Agreement:
    """Compare two networks' outputs, float32 [n, n_classes] each."""
    classes, exported = ours.argmax(axis=1), theirs.argmax(axis=1)

    def accuracy(said: NDArray[np.int64]) -> float | None:
        if examples.labels is None:
            return None
        return float(np.mean(said == examples.labels))

    labels, baseline = examples.labels, None
    if labels is not None:
        baseline = float(np.bincount(labels).max() / len(labels))
    difference = np.abs(ours.astype(np.float64) - theirs)
    return Agreement(
        examples=len(ours),
        source=examples.title,
        largest_difference=float(difference.max()),
        same_class=float(np.mean(classes == exported)),
        accuracy=accuracy(classes),
        exported_accuracy=accuracy(exported),
        baseline=baseline,
    )


def size_of(path: Path) -> int:
    """Return the size in bytes of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
