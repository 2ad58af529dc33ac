"""What runs write, made up."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from beenet.registry import SPLITS
from beenet.runs.folder import RunFolder
from beenet.runs.looks import read_looks
from beenet.runs.metrics_file import METRICS_FORMAT
from beenet.scores.metrics import compute_scores


def count_looks(folder: RunFolder) -> Counter[tuple[str, str]]:
    """Count a run's looks by title and split."""
    return Counter((look.dataset, look.split) for look in read_looks(folder))


def whole_metrics(
    *, splits: Mapping[str, Mapping[str, Any]] | None = None, **told: Any
) -> dict[str, Any]:
    """Return what metrics.json holds, with other values for some of its keys."""
    labels, outputs = np.arange(4) % 2, np.eye(2, dtype=np.float32)[[0, 1, 0, 0]]
    scores = compute_scores(labels, outputs, 0.25, ("BEE", "NO_BEE")).to_json()
    metrics = {
        "format": METRICS_FORMAT,
        "name": "a",
        "dataset": "MNIST",
        "epochs": 2,
        "steps": 4,
        "seconds": 3.5,
    }
    found = {split: scores | (splits or {}).get(split, {}) for split in SPLITS}
    made: dict[str, Any] = json.loads(json.dumps({**metrics, **told, "splits": found}))
    return made
