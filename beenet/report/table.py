"""The leaderboard: one line a finished run."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from beenet.report.columns import columns
from beenet.report.text import interval_text
from beenet.runs import find_runs


def leaderboard(roots: Iterable[Path]) -> str:
    """Return the finished runs as a table.

    Grouped by data set, then sorted by test accuracy: valid is held out, and nothing
    is chosen by it.

    Raises:
        RunError: a run's metrics cannot be read.
    """
    runs = _runs(roots)
    if not runs:
        return "no finished runs; train one with: beenet train CONFIG"
    head = ["data", "run", "epochs", "seconds", "test acc", "valid acc", "95% interval"]
    rows = [[*head, "valid baseline"]]
    for run in runs:
        test, valid = run["splits"]["test"], run["splits"]["valid"]
        rows.append(
            [
                run["dataset"],
                run["path"],
                str(run["epochs"]),
                f"{run['seconds']:.1f}",
                f"{test['accuracy']:.4f}",
                f"{valid['accuracy']:.4f}",
                interval_text(valid["interval"]),
                f"{valid['baseline']:.4f}",
            ]
        )
    return columns(rows, left=2)


def leaderboard_json(roots: Iterable[Path]) -> str:
    """Return the metrics of the finished runs as a JSON list."""
    return json.dumps(_runs(roots), indent=2, ensure_ascii=False)


def _runs(roots: Iterable[Path]) -> list[dict[str, Any]]:
    found = (
        {"path": str(run.path), **run.read_metrics()}
        for root in roots
        for run in find_runs(root)
    )
    return sorted(
        found,
        key=lambda run: (
            run["dataset"],
            -run["splits"]["test"]["accuracy"],
            run["path"],
        ),
    )
