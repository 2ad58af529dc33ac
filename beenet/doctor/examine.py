"""Run all checks, beginning with those on which the others depend."""

from collections.abc import Callable
from pathlib import Path

from beenet.datasets import data_home
from beenet.doctor import machine, packages, places
from beenet.doctor.check_result import CheckResult


def examine(
    runs: Path, data_dir: Path | None, say: Callable[[str], None]
) -> list[CheckResult]:
    """Check all that beenet needs; problems are returned, not raised.

    Args:
        runs: where runs would be written.
        data_dir: where data sets are installed; None for the usual place.
        say: called before a slow check.
    """
    findings = [packages.python(), packages.versions()]
    say("Training a small net ...")
    findings += machine.tensorflow()
    findings += [
        places.mnist(),
        *places.data_sets(data_dir),
        places.writable(
            "data folder",
            data_home(data_dir),
            "choose another with --data-dir or BEENET_DATA",
        ),
        places.writable("runs folder", runs, "choose another with --runs"),
    ]
    return findings
