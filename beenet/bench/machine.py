"""Describe the machine of a measurement: the processor, its cores, the versions."""

import os
import platform
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from beenet.system.hardware import proc_field, processor, vectors

_PACKAGES = ("tensorflow", "tflearn", "keras", "torch", "jax", "numpy")


def machine() -> dict[str, Any]:
    """Return the facts on which the figures depend; none identifies the machine."""
    memory = proc_field("meminfo", "MemTotal")
    return {
        "processor": processor(),
        "cores": os.cpu_count() or 1,
        "vectors": vectors() or None,
        "memory_bytes": int(memory.split()[0]) * 1024 if memory else None,
        "system": platform.system(),
        "date": datetime.now(timezone.utc).date().isoformat(),
        "versions": {"python": platform.python_version(), **_versions()},
    }


def installed(package: str) -> bool:
    """Return whether a package is installed, without importing it."""
    return package in _versions()


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # a peer that is not installed
            continue
    return found
