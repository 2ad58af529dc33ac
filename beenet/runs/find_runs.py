"""Finds finished, unfinished, pruned and failed runs below folders in one pass."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from beenet.runs.failed import FAILED, read_failed
from beenet.runs.folder import CONFIG, METRICS, PRUNED, RESUME, RunFolder


@dataclass(frozen=True)
class FoundRuns:
    """The runs below some folders, sorted by path; each once, however it is linked."""

    finished: list[RunFolder] = field(default_factory=list)
    unfinished: list[RunFolder] = field(default_factory=list)
    """Begun and resumable."""
    pruned: list[RunFolder] = field(default_factory=list)
    """Begun, and given up by a search."""
    failed: list[Path] = field(default_factory=list)
    """The folders of failed trials; they may not exist."""


def find_runs(*roots: Path) -> FoundRuns:
    """Return the runs below folders; links are followed."""
    found = FoundRuns()
    for folder, names in _folders_below(roots):
        if METRICS in names:
            found.finished.append(RunFolder(folder))
        elif {CONFIG, RESUME} <= names:
            begun = found.pruned if PRUNED in names else found.unfinished
            begun.append(RunFolder(folder))
        if FAILED in names:
            found.failed.extend(_failed(folder))
    return found


def _failed(sweep: Path) -> Iterator[Path]:
    """Yield the failed trials of a sweep that have not finished since."""
    with suppress(OSError, ValueError):  # the sweep itself reports it
        for name in read_failed(sweep / FAILED):
            if not (sweep / name / METRICS).exists():
                yield sweep / name


def _folders_below(roots: Iterable[Path]) -> list[tuple[Path, set[str]]]:
    """Return the roots and all folders below them, with the names in each, sorted."""
    seen: set[Path] = set()
    found: list[tuple[Path, set[str]]] = []
    for root in roots:
        for folder, inside, names in os.walk(root, followlinks=True):
            path = Path(folder)
            real = path.resolve()
            if real in seen:  # reached before, by another link or one that leads up
                inside.clear()
                continue
            seen.add(real)
            found.append((path, {*inside, *names}))
    return sorted(found)
