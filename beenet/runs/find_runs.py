"""The runs below folders: one look for all that is finished, half done and failed."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from beenet.runs.failed import FAILED, read_failed
from beenet.runs.folder import CONFIG, METRICS, RESUME, RunFolder


@dataclass(frozen=True)
class FoundRuns:
    """What lies below some folders, by path, each once whatever links lead to it."""

    finished: list[RunFolder] = field(default_factory=list)
    unfinished: list[RunFolder] = field(default_factory=list)
    """Begun, and can go on."""
    failed: list[Path] = field(default_factory=list)
    """The folders of trials that failed, whether there or not."""


def find_runs(*roots: Path) -> FoundRuns:
    """Return the runs below folders; links are followed."""
    found = FoundRuns()
    for folder, names in _folders_below(roots):
        if METRICS in names:
            found.finished.append(RunFolder(folder))
        elif {CONFIG, RESUME} <= names:
            found.unfinished.append(RunFolder(folder))
        if FAILED in names:
            found.failed.extend(_failed(folder))
    return found


def _failed(sweep: Path) -> Iterator[Path]:
    """Yield the trials of a sweep's folder that failed, and are not finished since."""
    with suppress(OSError, ValueError):  # the sweep itself says why
        for name in read_failed(sweep / FAILED):
            if not (sweep / name / METRICS).exists():
                yield sweep / name


def _folders_below(roots: Iterable[Path]) -> list[tuple[Path, set[str]]]:
    """Return the folders below others, with the names in them."""
    seen: set[Path] = set()
    found: list[tuple[Path, set[str]]] = []
    for root in roots:
        for folder, inside, names in os.walk(root, followlinks=True):
            path = Path(folder)
            real = path.resolve()
            if real in seen:  # a link leads back up, or to where another led
                inside.clear()
                continue
            seen.add(real)
            found.append((path, {*inside, *names}))
    return sorted(found)
