"""Check Python and the packages against the requirements in beenet's metadata."""

import platform
from importlib import metadata
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet

from beenet.doctor.check_result import CheckResult

_UNKNOWN = "beenet is run from its source, so what it asks for is not known to pip"


def python() -> CheckResult:
    """Check the version of Python against those that beenet supports."""
    running = platform.python_version()
    try:
        wanted = metadata.metadata("beenet")["Requires-Python"]
    except metadata.PackageNotFoundError:
        return CheckResult(
            "Python", "warning", f"{running}; {_UNKNOWN}", "pip install -e ."
        )
    if SpecifierSet(wanted).contains(running, prereleases=True):
        return CheckResult("Python", "ok", running)
    remedy = "make a new environment with such a Python and install beenet there"
    return CheckResult(
        "Python", "broken", f"{running}, but beenet needs {wanted}", remedy
    )


def versions() -> CheckResult:
    """Check the installed packages against beenet's requirements."""
    try:
        requirements = _requirements()
    except metadata.PackageNotFoundError:
        return CheckResult("packages", "warning", _UNKNOWN, "pip install -e .")
    wrong = [fault for wanted in requirements if (fault := _fault(wanted))]
    if not wrong:
        text = f"all {len(requirements)} are there, in versions that beenet supports"
        return CheckResult("packages", "ok", text)
    return CheckResult(
        "packages",
        "broken" if any(fault.is_missing for fault in wrong) else "warning",
        "; ".join(fault.text for fault in wrong),
        "pip install " + " ".join(f"'{fault.wanted}'" for fault in wrong),
    )


def _requirements() -> list[Requirement]:
    """Return beenet's requirements on this machine, without extras."""
    found = []
    for text in metadata.requires("beenet") or ():
        try:
            wanted = Requirement(text)
        except InvalidRequirement:  # of a damaged installation
            continue
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            found.append(wanted)
    return found


class _Fault(NamedTuple):
    """A package that is not as it should be."""

    text: str
    """What is wrong."""
    wanted: str
    """The requirement to install."""
    is_missing: bool
    """Whether it is not installed at all."""


def _fault(wanted: Requirement) -> _Fault | None:
    """Return what is wrong with a package; None if nothing is."""
    asked = f"{wanted.name}{wanted.specifier}"
    try:
        there = metadata.version(wanted.name)
    except metadata.PackageNotFoundError:
        return _Fault(f"{wanted.name} is not installed", asked, is_missing=True)
    if wanted.specifier.contains(there, prereleases=True):
        return None
    text = f"{wanted.name} is {there}, supported is {wanted.specifier}"
    return _Fault(text, asked, is_missing=False)
