"""Check the data sets, and the folders into which beenet writes."""

import os
import shutil
import tempfile
from pathlib import Path

from beenet.datasets import open_dataset
from beenet.datasets.idx import SHA256, unpack
from beenet.datasets.status import Status, all_statuses
from beenet.doctor.check_result import CheckResult, State
from beenet.errors import DatasetError
from beenet.text.words import reason, size

_ROOM = 2 * 2**30
"""Bytes: the cache of the largest set is 0.7 GB, its six pickles may take more."""
_LITTLE = 100 * 2**20
"""Bytes that even a small run needs."""


def mnist() -> CheckResult:
    """Unpack MNIST and compare its hashes."""
    try:
        for name in SHA256:
            unpack(name)
    except DatasetError as error:
        remedy = "pip install --force-reinstall --no-deps beenet"
        return CheckResult("data", "broken", str(error), remedy)
    return CheckResult("data", "ok", "MNIST: the hashes of its 4 files are right")


def data_sets(data_dir: Path | None) -> list[CheckResult]:
    """Compare the hashes of the sets that are installed; list those that are not."""
    others = [s for s in all_statuses(data_dir) if s.state != "inside beenet"]
    findings = [_installed(s, data_dir) for s in others if s.state != "missing"]
    if missing := [status.title for status in others if status.state == "missing"]:
        remedy = "beenet data add NAME PATH; or, as a stand-in: beenet data synth NAME"
        text = f"not installed: {', '.join(missing)}"
        findings.append(CheckResult("data", "note", text, remedy))
    return findings


def _installed(status: Status, data_dir: Path | None) -> CheckResult:
    """Compare the hashes of one set."""
    try:
        hashes = open_dataset(name=status.info.name, data_dir=data_dir).hashes
    except DatasetError as error:
        return CheckResult("data", "warning", str(error), status.remedy)
    text = f"{status.title}: the hashes of its {len(hashes)} files are right"
    if status.state == "synthetic":
        return CheckResult("data", "note", text, status.remedy)
    return CheckResult("data", "ok", text)


def writable(check: str, folder: Path, remedy: str) -> CheckResult:
    """Write a file into a folder, or its nearest existing parent; check the free space.

    Args:
        check: the name of the check.
        folder: the folder, which may not exist yet.
        remedy: what to do if it cannot be used.
    """
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"beenet")
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(place).free
    except OSError as error:
        text = f"{folder} cannot be written: {reason(error)}"
        return CheckResult(check, "broken", text, remedy)
    text = f"{folder} can be written, {size(free)} free"
    if free < _ROOM:
        state: State = "broken" if free < _LITTLE else "warning"
        return CheckResult(check, state, text, f"free some room, or {remedy}")
    return CheckResult(check, "ok", text)
