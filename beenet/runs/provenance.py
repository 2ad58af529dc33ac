"""provenance.json: the versions, machine, commit and data of a run."""

import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from beenet import __version__
from beenet.system.hardware import processor, vectors
from beenet.system.onednn import onednn
from beenet.text.moments import moment, now


def versions() -> dict[str, str]:
    """Return the versions that the numbers depend on, and whether oneDNN computes."""
    found = {"python": platform.python_version()}
    for package in ("tensorflow", "tflearn", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # tensorflow-cpu and similar packages
            found[package] = "unknown"
    return {**found, "onednn": onednn()}


def numeric_environment() -> dict[str, str]:
    """Return what the last bits of results depend on: versions and processor."""
    return {**versions(), "processor": _processor()}


def _processor() -> str:
    return ", ".join(filter(None, (processor(), vectors())))


def provenance(origin: dict[str, Any]) -> dict[str, Any]:
    """Return the contents of provenance.json.

    Args:
        origin: the run's own entries; ``started`` in seconds since 1970.
    """
    return {
        "format": 1,
        "started": moment(origin["started"]),
        "finished": now(),
        "command": sys.argv,
        "versions": {"beenet": __version__, **versions()},
        "platform": platform.platform(),
        "processor": _processor(),
        "git_commit": _git_commit(),
        **{key: known for key, known in origin.items() if key != "started"},
    }


def _git_commit() -> str | None:
    """Return the commit of the current folder, with a + if files differ from it."""

    def git(*arguments: str) -> bytes:  # file names may be in any encoding
        return subprocess.run(
            ["git", *arguments], capture_output=True, timeout=10, check=True
        ).stdout.strip()

    try:
        commit = git("rev-parse", "HEAD").decode("ascii")
        return commit + ("+" if git("status", "--porcelain") else "")
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
