"""The leaderboard: finished runs, best first, as text, Markdown, CSV or JSON."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from beenet.errors import RunError
from beenet.report.columns import columns
from beenet.report.lines import SHOWN, Entry, Line, only_on, read_entries, to_lines
from beenet.report.text import SYNTHETIC, beats_baseline, interval_text, no_better
from beenet.report.ties import UNKNOWN, Verdict, verdicts
from beenet.runs.find_runs import find_runs
from beenet.runs.folder import CONFIG, METRICS
from beenet.text.csv_text import csv_text
from beenet.text.json_text import json_text
from beenet.text.markdown import md_table
from beenet.text.terminal import printable_line
from beenet.text.words import counted, listed

_OF_A_SPLIT = ("accuracy", "low", "high", "baseline", "loss")
SORT_KEYS = (
    *("run", "runs", "epochs", "seconds"),
    *(f"{split}_{column}" for split in SHOWN for column in _OF_A_SPLIT),
    *("valid_looks", "vs_best", "p"),
)
"""The columns by which a leaderboard can be sorted, as named in CSV and JSON."""
COLUMNS = ("dataset", "synthetic", *SORT_KEYS, "difference_low", "difference_high")
"""The keys of `record`."""

_LARGE_FIRST = ("accuracy", "low", "high", "baseline")
_HEAD = (
    *("data", "run", "runs", "epochs", "seconds"),
    *("test acc", "95% interval", "baseline", "vs best"),
    *("valid acc", "95% interval", "baseline", "valid scored"),
)
_PARTS = (3, 4, 4)
"""Columns that stay together in a narrow terminal: the first names their split."""
_NOTHING = "no finished runs; train one with: beenet train CONFIG"


@dataclass(frozen=True)
class Leaderboard:
    """Lines grouped by data set, each compared with the best of its data set."""

    rows: Sequence[tuple[Line, Verdict]]
    """The lines in display order."""
    entries: Sequence[Entry]
    """All the runs."""
    compared_on: str
    """The split on which they are compared with the best."""
    unfinished: Sequence[Path] = ()
    """The folders of runs that can be resumed."""
    pruned: int = 0
    """The number of runs that a search has given up."""
    failed: Sequence[Path] = ()
    """The folders of a sweep's trials that failed."""


def leaderboard(
    roots: Iterable[Path],
    *,
    dataset: str | None = None,
    sort: str = "test_accuracy",
    each: bool = False,
    warn: Callable[[str], None] = lambda _: None,
) -> Leaderboard:
    """Read the finished runs below folders.

    Args:
        roots: the folders; a file in a run stands for the run's folder.
        dataset: include only runs on this data set.
        sort: one of `SORT_KEYS`; the lines of one data set stay together, because
            scores on different data cannot be compared. By default test accuracy: valid
            is held out, and not used for selection.
        each: one line per run, even if runs differ only by their seed.
        warn: called for runs that cannot be read, which are left out.

    Raises:
        RunError: the only run cannot be read, or none is on that data set.
    """
    found = find_runs(*map(_folder_of, roots))
    entries = read_entries(found.finished, warn)
    if dataset is not None:
        entries = only_on(entries, dataset)
    split = "valid" if sort.startswith("valid") else "test"
    lines = sorted(to_lines(entries, each=each), key=lambda line: line.dataset)
    rows: list[tuple[Line, Verdict]] = []
    for _, group in groupby(lines, key=lambda line: line.dataset):
        there = list(group)
        judged = list(zip(there, verdicts(there, split), strict=True))
        rows += sorted(judged, key=lambda row: _order(record(*row), sort))
    unfinished = tuple(run.path for run in found.unfinished)
    pruned, failed = len(found.pruned), tuple(found.failed)
    return Leaderboard(rows, entries, split, unfinished, pruned, failed)


def _folder_of(root: Path) -> Path:
    """Return a folder of runs, or the folder of a run's file."""
    if not root.is_file():  # `runs` may not exist yet
        return root
    if not {CONFIG, METRICS} & set(os.listdir(root.parent)):
        raise RunError(f"{root} is neither a folder of runs nor a file of a run")
    return root.parent


def record(line: Line, verdict: Verdict) -> dict[str, Any]:
    """Return a line as plain data, with numbers at full precision."""
    first = line.entries[0].metrics
    low, high = verdict.difference or (None, None)
    return {
        "dataset": line.dataset,
        "synthetic": bool(first.synthetic),
        "run": line.run,
        "runs": len(line.entries),
        "epochs": line.epochs,
        "seconds": line.seconds,
        **{
            f"{split}_{column}": value
            for split in SHOWN
            for column, value in zip(_OF_A_SPLIT, _values(line, split), strict=True)
        },
        "valid_looks": line.looks,
        "vs_best": verdict.word,
        "p": verdict.p,
        "difference_low": low,
        "difference_high": high,
    }


def leaderboard_text(board: Leaderboard, width: int | None = None) -> str:
    """Return the leaderboard as aligned columns, with notes on how to read it.

    Args:
        board: what to show.
        width: the maximum line length of the table; None for no limit.
    """
    if not board.rows:
        return "\n".join([_NOTHING, *_unfinished(board)])
    rows = [_HEAD, *(_cells(*row) for row in board.rows)]
    table = columns(rows, left=2)
    if width is not None and max(map(len, table.splitlines())) > width:
        table = _narrow(rows[1:], width)
    return "\n".join([table, "", *notes(board)])


def _narrow(rows: Sequence[Sequence[str]], width: int) -> str:
    """Return a table for each data set, its splits below each other if too wide."""
    return "\n\n".join(
        f"{printable_line(title)}\n"
        + columns(
            [_HEAD[1:], *(row[1:] for row in there)],
            indent="  ",
            width=width,
            parts=_PARTS,
        )
        for title, there in groupby(rows, key=lambda row: row[0])
    )


def leaderboard_md(board: Leaderboard) -> str:
    """Return the leaderboard as a Markdown table, with notes on how to read it."""
    if not board.rows:
        return "\n".join([_NOTHING, *_unfinished(board)])
    rows = [_HEAD, *(_cells(*row) for row in board.rows)]
    escaped = ([_in_markdown(cell) for cell in row] for row in rows)
    lines = (f"- {note}" for note in notes(board))
    return "\n".join([md_table(escaped, left=2), "", *lines])


def _in_markdown(cell: str) -> str:
    return printable_line(cell).replace("&", "&amp;").replace("<", "&lt;")


def leaderboard_csv(board: Leaderboard) -> str:
    """Return the leaderboard as CSV."""
    return csv_text(COLUMNS, (record(*row) for row in board.rows))


def leaderboard_json(board: Leaderboard) -> str:
    """Return the leaderboard as a JSON list, each line with its runs."""
    lines = [
        record(line, verdict)
        | {
            "paths": [str(entry.folder.path) for entry in line.entries],
            "seeds": [entry.metrics.seed for entry in line.entries],
        }
        for line, verdict in board.rows
    ]
    return json_text(lines)


def notes(board: Leaderboard) -> list[str]:
    """Return notes on the validity of the numbers, one line each."""
    found = [
        f"vs best: on {board.compared_on}, example by example, at 5 % divided by the "
        "number of comparisons; tie: no difference was found"
    ]
    if any(verdict.word == "unclear" for _, verdict in board.rows):
        found.append("unclear: too few seeds to confirm the difference; train more")
    if any(len(line.entries) > 1 for line, _ in board.rows):
        found.append(
            "runs that differ only by their seed: mean, and its interval over seeds "
            "and examples"
        )
    for title in sorted({line.dataset for line, _ in board.rows}):
        there = [entry for entry in board.entries if entry.title == title]
        looks = sum(entry.looks_at_valid for entry in there)
        ends = "" if looks == len(there) else f"{len(there):,} of them "
        found.append(
            f"{title}: valid was scored {counted(looks, 'time')}, {ends}at the end of "
            "training"
        )
        best = next(
            line.standings[board.compared_on]
            for line, verdict in board.rows
            if line.dataset == title and verdict.word == "best"
        )
        if not beats_baseline(best):
            found.append(
                f"{title}: even the best is {no_better(best)} always naming "
                "the commonest class"
            )
    if any(line.entries[0].metrics.synthetic for line, _ in board.rows):
        found.append(SYNTHETIC)
    return [*map(printable_line, found), *_unfinished(board)]


def _unfinished(board: Leaderboard) -> list[str]:
    found = []
    if board.unfinished:
        runs = listed([str(path) for path in board.unfinished], 1)
        found.append(f"not finished: {runs}; the command that began a run resumes it")
    if board.pruned:
        found.append(f"pruned by a search: {counted(board.pruned, 'run')}")
    if board.failed:
        trials = listed([str(path) for path in board.failed], 1)
        found.append(
            f"failed: {trials}; failed.json says why, --retry-failed tries again"
        )
    return [printable_line(line) for line in found]


def _values(line: Line, split: str) -> tuple[float, ...]:
    there = line.standings[split]
    return there.accuracy, *there.interval, there.baseline, there.loss


def _order(values: dict[str, Any], sort: str) -> tuple[Any, ...]:
    """Return a line's sorting key: unknown values come last, ties are by path."""
    value = values[sort]
    if value == UNKNOWN.word or value != value:  # NaN has no order either
        value = None
    if value is not None and sort.endswith(_LARGE_FIRST):
        value = -value
    return value is None, value, values["run"]


def _cells(line: Line, verdict: Verdict) -> list[str]:
    test, valid = (line.standings[split] for split in SHOWN)
    return [
        line.dataset,
        line.run,
        str(len(line.entries)),
        f"{line.epochs:g}",
        f"{line.seconds:.1f}",
        f"{test.accuracy:.4f}",
        interval_text(test.interval),
        f"{test.baseline:.4f}",
        verdict.word,
        f"{valid.accuracy:.4f}",
        interval_text(valid.interval),
        f"{valid.baseline:.4f}",
        f"{line.looks}x",
    ]
