"""Make the page: read the runs, draw the plots, render the template."""

import base64
import hashlib
import os
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from beenet.drawing.page_plots import overlaid_curves
from beenet.registry import SPLITS
from beenet.report.description import HEAD
from beenet.report.leaderboard import SORT_KEYS, Leaderboard, notes, record
from beenet.report.lines import Line
from beenet.report.page.album import Album, ExampleSource
from beenet.report.page.pairs import (
    SHOWN_FLIPS,
    Group,
    add_flips,
    answers,
    configs,
    groups,
    packed,
    split_of_flips,
    tests,
)
from beenet.report.page.sweeps import find_sweeps
from beenet.report.page.view import Layers, Missing, View, read_view
from beenet.report.text import beats_baseline, interval_text, no_better
from beenet.report.ties import Verdict
from beenet.scores.statistics import ALPHA
from beenet.system import files
from beenet.system.write_errors import explain_write_errors
from beenet.text.json_text import finite
from beenet.text.words import counted

MAX_CLASSES = 24
"""With more classes, the largest mistakes are listed instead of a matrix."""
_MAX_CONFUSED = 20


def write_page(board: Leaderboard, path: Path, *, data_dir: Path | None = None) -> str:
    """Write the page of `make_page` to a file; return a line about it.

    Raises:
        RunError: it cannot be written.
    """
    page = make_page(board, data_dir=data_dir).encode()
    with explain_write_errors(path, "--html"):
        files.write_bytes(path, page)
    return f"{path}: {counted(len(board.entries), 'run')}, {len(page) / 1e6:.1f} MB"


def make_page(board: Leaderboard, *, data_dir: Path | None = None) -> str:
    """Return one HTML file of a leaderboard and of all its runs.

    It loads nothing from the internet, and is the same for the same folders, data and
    versions of the drawing packages.

    Args:
        board: the runs.
        data_dir: where data sets are installed, to show examples; None for the usual
            place. If data are missing, the page says so.
    """
    views = [read_view(n, entry) for n, entry in enumerate(board.entries)]
    numbers = {id(view.entry): view.number for view in views}
    album, layers = Album(data_dir), Layers()
    runs = [_run(view, album, layers) for view in views]
    comparable = groups(views)
    sources = {
        v.number: s for v in views if isinstance(s := v.source(album), ExampleSource)
    }
    for group in split_of_flips(comparable):
        add_flips(album, group, sources)
    lines = [
        _line(line, verdict, [numbers[id(entry)] for entry in line.entries])
        for line, verdict in board.rows
    ]
    return _render(
        root=_root(views),
        sets=_sets(lines, views),
        runs=runs,
        sweeps=[{"view": s, "plots": s.plots()} for s in find_sweeps(views)],
        notes=notes(board),
        synthetic=any(view.metrics.synthetic for view in views),
        data=finite(_data(views, lines, comparable, sources, album)),
    )


def _line(line: Line, verdict: Verdict, runs: Sequence[int]) -> dict[str, Any]:
    values = record(line, verdict)
    low, high = verdict.difference or (None, None)
    told = {
        "best": f"the best of these on {line.dataset}",
        "-": "not known: the answers are of other examples, or were not kept",
    }.get(verdict.word)
    if verdict.p is not None:
        told = f"McNemar's test beside the best: p = {verdict.p:.4f}"
    if low is not None and high is not None:
        told = f"the best is better by {low:+.4f} to {high:+.4f} (95 %)"
    return {"values": values, "told": told, "runs": runs, "standings": line.standings}


def _sets(
    lines: Sequence[dict[str, Any]], views: Sequence[View]
) -> list[dict[str, Any]]:
    """Return the lines of each data set, with the curves of its runs."""
    found: list[dict[str, Any]] = []
    grouped = groupby(enumerate(lines), key=lambda pair: pair[1]["values"]["dataset"])
    for title, there in grouped:
        pairs = list(there)
        of = [views[number] for _, line in pairs for number in line["runs"]]
        drawn = {
            view.number: view.history
            for view in of
            if not isinstance(view.history, Missing)
        }
        baseline, key = of[0].scores["test"].baseline, f"set{len(found)}"
        curves = overlaid_curves(drawn, baseline=baseline, key=key) if drawn else []
        found.append({"title": title, "lines": pairs, "curves": curves})
    return found


def _run(view: View, album: Album, layers: Layers) -> dict[str, Any]:
    source = view.source(album)
    return {
        "view": view,
        "curves": view.curves(),
        "layers": layers.of(view),
        "mistakes": view.mistakes(album),
        "no_pictures": source.why if isinstance(source, Missing) else "",
        "confused": _confused(view),
    }


def _confused(view: View) -> list[tuple[str, str, int]]:
    """Return the most common mistakes on valid if a matrix would be too large."""
    if len(view.classes) <= MAX_CLASSES:
        return []
    names = view.classes
    pairs = [
        (names[i], names[j], count)
        for i, row in enumerate(view.scores["valid"].confusion)
        for j, count in enumerate(row)
        if i != j and count
    ]
    return sorted(pairs, key=lambda pair: -pair[2])[:_MAX_CONFUSED]


def _data(
    views: Sequence[View],
    lines: Sequence[dict[str, Any]],
    comparable: Sequence[Group],
    sources: dict[int, ExampleSource],
    album: Album,
) -> dict[str, Any]:
    """Return the plain data that the page's script reads."""
    told: dict[int, dict[str, Any]] = {}
    examples = split_of_flips(comparable)
    for number, group in enumerate(examples):
        for run, outcomes in group.runs.items():
            told[run] = {"group": number, **answers(outcomes, group.contested)}
    return {
        "sort": SORT_KEYS,
        "alpha": ALPHA,
        "shownFlips": SHOWN_FLIPS,
        "splits": SPLITS,
        "lines": [{"members": x["runs"], **_sortable(x["values"])} for x in lines],
        "runs": [
            {
                "path": view.path,
                "label": _short(view.path, _root(views)),
                "title": view.entry.title,
                "files": {}
                if isinstance(view.sidecar, Missing)
                else view.sidecar.hashes,
                "classes": view.classes,
                "scores": {
                    split: [scores.accuracy, scores.baseline]
                    for split, scores in view.scores.items()
                },
                "config": config,
                "configKnown": not isinstance(view.config, Missing),
                "source": sources[view.number].number
                if view.number in sources
                else None,
                "answers": told.get(view.number),
            }
            for view, config in zip(views, configs(views), strict=True)
        ],
        "examples": [
            {
                "places": packed(group.contested.astype(np.uint32)),
                "true": packed(group.true[group.contested]),
                "wide": group.true.dtype.itemsize > 1,
            }
            for group in examples
        ],
        "tests": {
            split: [
                list(test)
                for group in comparable
                if group.split == split
                for test in tests(group)
            ]
            for split in SPLITS
        },
        "media": album.media,
    }


def _sortable(values: dict[str, Any]) -> dict[str, Any]:
    return {key: values[key] for key in ("dataset", *SORT_KEYS)}


def _root(views: Sequence[View]) -> str:
    """Return the common folder of all runs, which their paths need not repeat."""
    parents = [view.entry.folder.path.parent for view in views]
    try:
        return os.path.commonpath(parents) if parents else ""
    except ValueError:  # some are absolute, some are not; or on two drives
        return ""


def _short(path: str, root: str) -> str:
    """Return a path relative to the root; it may have a line's suffix."""
    return path.removeprefix(root + os.sep) if root else path


def _render(**content: Any) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("beenet.report.page")
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "interval": interval_text,
        "beats": beats_baseline,
        "no_better": no_better,
        "short": _short,
    }
    environment.tests["missing"] = lambda value: isinstance(value, Missing)
    script, look = (
        loader.get_source(environment, name)[0] for name in ("page.js", "page.css")
    )
    # The browser runs only a script with this hash: see the template.
    digest = hashlib.sha256(script.encode()).digest()
    page = environment.get_template("page.html").render(
        script=script,
        script_hash=base64.b64encode(digest).decode(),
        look=look,
        layer_head=HEAD,
        most_classes=MAX_CLASSES,
        **content,
    )
    # A lone surrogate from a run's metrics.json cannot be written as UTF-8.
    return page.encode(errors="replace").decode()
