"""Finished runs without a training: their files, written as a training writes them."""

import json

import numpy as np
import pytest

from beenet.config.yaml_text import dump
from beenet.registry import SPLITS
from beenet.runs.folder import RunFolder
from beenet.runs.looks import Look, note_look
from beenet.scores.metrics import compute_scores
from beenet.scores.outcomes import outcomes_of, to_bytes

N = 200
CLASSES = ("BEE", "NO_BEE")


@pytest.fixture
def finished(tmp_path):
    """Write a run: which of its first examples are wrong, and what else is told."""

    def write(
        name, *, wrong=(), group=None, seed=1, title="BEE1", looks=0, labels=None,
        outcomes=True, config=None, digest="ab" * 32, **more,
    ):  # fmt: skip
        folder = RunFolder(tmp_path / name)
        folder.path.mkdir(parents=True)
        true = np.arange(N) % 2 if labels is None else labels
        predicted = true.copy()
        predicted[list(wrong)] ^= 1
        outputs = np.where(np.eye(2)[predicted] > 0, 0.75, 0.25).astype(np.float32)
        scores = compute_scores(true, outputs, 0.5, CLASSES).to_json()
        metrics = {
            "name": name,
            "but_for_seed": group or name,
            "dataset": title,
            "synthetic": "synthetic" in title,
            "seed": seed,
            "epochs": 2,
            "steps": 40,
            "seconds": 1.5,
            "splits": dict.fromkeys(SPLITS, scores),
        }
        kept = dict.fromkeys(SPLITS, outcomes_of(true, outputs))
        folder.config.write_text(dump(config or {"name": name}))
        folder.provenance.write_text(
            json.dumps({"data": {"title": title, "sha256": {"train_X.pck": digest}}})
        )
        if outcomes:
            folder.outcomes.write_bytes(to_bytes(kept))
        folder.metrics.write_text(json.dumps(metrics | more))
        for _ in range(looks):
            note_look(folder, Look(title, "valid", ""))
        return folder

    return write
