"""The scores of models on data sets as text, CSV, JSON or a picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from beenet.experiment.matrix import MatrixCell
from beenet.report.columns import columns
from beenet.report.text import SYNTHETIC, beats_baseline
from beenet.runs.folder import MODEL
from beenet.text.csv_text import csv_text
from beenet.text.json_text import json_text

_NOTE = (
    "baseline: always naming the split's commonest class; "
    "!: not clearly better than that; [ ]: the data that the model was trained on"
)


def matrix_text(cells: Sequence[MatrixCell], width: int | None = None) -> str:
    """Return a line for each model, and the baselines below.

    Args:
        cells: the scores.
        width: the maximum line length of the table; None for no limit.
    """
    models, datasets = _sides(cells)
    rows = [[cells[0].evaluation.split, *datasets]]
    by_place = {_place(cell): cell for cell in cells}
    for model in models:
        found = [by_place.get((model, dataset)) for dataset in datasets]
        rows.append([_name(model), *("" if c is None else _shown(c) for c in found)])
    baselines = _baselines(cells)
    rows.append(["baseline", *(f"{baselines[d]:.4f}  " for d in datasets)])
    notes = [_NOTE]
    if any(cell.evaluation.synthetic for cell in cells):
        notes.append(SYNTHETIC)
    return "\n".join([columns(rows, width=width), "", *notes])


def matrix_csv(cells: Sequence[MatrixCell]) -> str:
    """Return a line for each model on each data set."""
    records = matrix_records(cells)
    return csv_text(list(records[0]), records)


def matrix_json(cells: Sequence[MatrixCell]) -> str:
    """Return a JSON list of each model on each data set, with all its scores."""
    full = [
        cell.evaluation.to_json() | {"column": cell.column, "own": cell.own}
        for cell in cells
    ]
    return json_text(full)


def matrix_records(cells: Sequence[MatrixCell]) -> list[dict[str, Any]]:
    """Return each model on each data set as plain data, at full precision."""
    return [
        {
            "model": cell.evaluation.model,
            "dataset": cell.column,
            "synthetic": cell.evaluation.synthetic,
            "own": cell.own,
            "split": cell.evaluation.split,
            "n": cell.evaluation.scores.n,
            "accuracy": cell.evaluation.scores.accuracy,
            "low": cell.evaluation.scores.interval[0],
            "high": cell.evaluation.scores.interval[1],
            "baseline": cell.evaluation.scores.baseline,
            "loss": cell.evaluation.scores.loss,
        }
        for cell in cells
    ]


def matrix_picture(cells: Sequence[MatrixCell]) -> bytes:
    """Return a heat map as PNG."""
    from beenet.drawing.matrix import matrix

    models, datasets = _sides(cells)
    baselines = _baselines(cells)
    places = [
        (models.index(model), datasets.index(dataset))
        for model, dataset in map(_place, cells)
    ]
    accuracies = [cell.evaluation.scores.accuracy for cell in cells]
    return matrix(
        cells[0].evaluation.split,
        [_name(model) for model in models],
        datasets,
        [baselines[dataset] for dataset in datasets],
        dict(zip(places, accuracies, strict=True)),
        own={at for at, cell in zip(places, cells, strict=True) if cell.own},
        synthetic=any(cell.evaluation.synthetic for cell in cells),
    )


def _place(cell: MatrixCell) -> tuple[str, str]:
    return cell.evaluation.model, cell.column


def _sides(cells: Sequence[MatrixCell]) -> tuple[list[str], list[str]]:
    """Return the models and the data sets, each in order of first appearance."""
    models, datasets = zip(*map(_place, cells), strict=True)
    return list(dict.fromkeys(models)), list(dict.fromkeys(datasets))


def _baselines(cells: Sequence[MatrixCell]) -> dict[str, float]:
    return {c.column: c.evaluation.scores.baseline for c in cells}


def _name(model: str) -> str:
    """Return a run's folder, or the prefix of a model that has another name."""
    path = Path(model)
    return str(path.parent) if path.name == MODEL else model


def _shown(cell: MatrixCell) -> str:
    scores = cell.evaluation.scores
    number = f"{scores.accuracy:.4f}"
    mark = " " if beats_baseline(scores) else "!"
    return f"[{number}{mark}]" if cell.own else f"{number}{mark} "
