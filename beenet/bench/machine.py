"""Where something was measured: the processor, its cores, the versions."""

import os
import platform
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

_PACKAGES = ("tensorflow", "tflearn", "keras", "torch", "jax", "numpy")
_FLAGS = ("avx512f", "avx2", "asimd")  # the widest first


def machine() -> dict[str, Any]:
    """Return what the figures depend on; nothing that names one machine."""
    text = _read("/proc/cpuinfo")
    flags = set((_field(text, "flags") or _field(text, "Features") or "").split())
    memory = _field(_read("/proc/meminfo"), "MemTotal")
    return {
        "processor": _field(text, "model name") or platform.machine(),
        "cores": os.cpu_count() or 1,
        "vectors": next((flag for flag in _FLAGS if flag in flags), None),
        "memory_bytes": int(memory.split()[0]) * 1024 if memory else None,
        "system": platform.system(),
        "date": datetime.now(timezone.utc).date().isoformat(),
        "versions": {"python": platform.python_version(), **_versions()},
    }


def installed(package: str) -> bool:
    """Return whether a package is there, without importing it."""
    return package in _versions()


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # a peer that is not wanted
            continue
    return found


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:  # no Linux
        return ""


def _field(text: str, name: str) -> str | None:
    """Return what stands behind ``name :`` in a file of /proc."""
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return None
