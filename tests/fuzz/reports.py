"""Folders that call themselves finished runs, as `beenet report` finds them."""

import json
from pathlib import Path

from hypothesis import strategies as st

from beenet.report import leaderboard as table
from beenet.report.page.page import make_page
from fuzz.mutation import altered, mutated

_SCORES = {
    "n": 9, "accuracy": 0.5, "interval": [0.2, 0.8], "baseline": 0.4, "majority": "A",
    "loss": 1.0, "confusion": [[4, 1], [2, 2]],
    "classes": [{"name": "A", "support": 5, "predicted": 6, "precision": 0.6, "recall": 0.8, "f1": None}],
}  # fmt: skip
_METRICS = {
    "format": 1, "name": "a", "dataset": "BEE1", "synthetic": False, "seed": 1, "but_for_seed": "ab",
    "epochs": 2, "steps": 18, "seconds": 1.0,
    "splits": dict.fromkeys(("train", "test", "valid"), _SCORES),
}  # fmt: skip
_WORDS = [b"[" * 3000, b'{"a":' * 3000, b"NaN", b"-Infinity", b"9" * 5000, b"null"]


def seeds() -> list[bytes]:
    return [json.dumps(_METRICS).encode()]


def inputs() -> st.SearchStrategy[bytes]:
    return mutated(seeds(), _WORDS) | altered([_METRICS]).map(
        lambda data: json.dumps(data).encode()
    )


def target(data: bytes, folder: Path) -> None:
    for name in ("good", "bad"):
        (folder / name).mkdir()
    (folder / "good" / "metrics.json").write_bytes(seeds()[0])
    (folder / "bad" / "metrics.json").write_bytes(data)
    for name in (
        "config.yaml", "outcomes.npz", "looks.csv", "history.csv", "model.tfl.yaml"
    ):  # fmt: skip
        (folder / "bad" / name).write_bytes(data)
    board = table.leaderboard([folder])
    for show in ("text", "md", "csv", "json"):
        getattr(table, f"leaderboard_{show}")(board)
    make_page(board, data_dir=folder).encode()
