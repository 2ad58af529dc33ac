"""How long commands take to start: ``python -m tools.startup`` writes a page."""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from beenet.bench.machine import machine
from beenet.system import files
from beenet.text.markdown import md_table

_NET = "mnist/tflearn_convnet1"
COMMANDS = {
    "beenet --help": ("--help",),
    f"beenet check {_NET}": ("check", _NET),
    "beenet configs": ("configs",),
    "beenet data list": ("data", "list"),
    "beenet schema": ("schema",),
    "beenet report": ("report",),
    f"beenet describe {_NET}": ("describe", _NET),
}
"""As it is typed, and its arguments; the last loads TensorFlow."""


_VERSIONS = ("python", "tensorflow")
_NOTE = (
    "`train` is timed until the net is built and its first step begins. Commands that",
    "need no net never load TensorFlow; a test says so. In the others, most of the",
    "time is TensorFlow's own import.",
)


def page(repeats: int, folder: Path) -> str:
    """Measure, and return a page of Markdown.

    Args:
        repeats: how often each command is started; the fastest and the median count.
        folder: an empty one to run in.
    """
    rows = {
        name: [_start(given, folder) for _ in range(repeats + 1)][1:]
        for name, given in COMMANDS.items()
    }
    rows[f"beenet train {_NET}"] = [_start_training(folder, i) for i in range(repeats)]
    where = machine()
    versions = ", ".join(f"{k} {where['versions'].get(k)}" for k in _VERSIONS)
    lines = [
        "# How long commands take to start",
        "",
        f"Written by `make startup` on {where['date']}: {where['processor']}, "
        f"{where['cores']} cores, {versions}. Seconds, of {repeats} starts each, with "
        "files in the disk's cache: by the wall clock, and of the processor's time."
        f"{_load()}",
        "",
    ]
    cells = [["command", "fastest", "median", "processor"]]
    for name, starts in rows.items():
        wall, work = zip(*starts, strict=True)
        figures = (min(wall), statistics.median(wall), min(work))
        cells.append([f"`{name}`", *(f"{seconds:.2f}" for seconds in figures)])
    return "\n".join([*lines, md_table(cells), "", *_NOTE])


def _load() -> str:
    """Say so where other work makes the clock's figures worth little."""
    if not hasattr(os, "getloadavg") or os.getloadavg()[0] < 2 * (os.cpu_count() or 1):
        return ""
    return (
        f" The machine was busy with other work (load {os.getloadavg()[0]:.0f}), which "
        "multiplies the clock's figures and swells the processor's."
    )


def _start(given: tuple[str, ...], folder: Path) -> tuple[float, float]:
    """Return how long a command took: by the clock, and of the processor's time."""
    began, worked = time.perf_counter(), _worked()
    with subprocess.Popen(
        _command(given), cwd=folder, env=_environment(folder),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        code = process.wait()
    taken = time.perf_counter() - began, _worked() - worked
    if code:
        raise RuntimeError(f"beenet {' '.join(given)} ended with {code}")
    return taken


def _start_training(folder: Path, number: int) -> tuple[float, float]:
    """Return the same of a training, up to its first step; then end it."""
    given = ("train", _NET, "--threads", "1", "--run-dir", f"run{number}")
    began, worked = time.perf_counter(), _worked()
    with subprocess.Popen(
        _command(given), cwd=folder, env=_environment(folder),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        said = process.stderr.readline() if process.stderr else ""
        taken = time.perf_counter() - began
        process.kill()
        process.communicate()
    if not said.startswith(f"{_NET}: MNIST"):
        raise RuntimeError(f"the training did not begin: {said}")
    return taken, _worked() - worked


def _worked() -> float:
    """Return the processor's seconds of the children that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def _command(given: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "beenet", *given]


def _environment(folder: Path) -> dict[str, str]:
    """Return ours, with a data folder of the occasion's and beenet as it is here."""
    here = str(Path(__file__).parents[1])
    return {**os.environ, "BEENET_DATA": str(folder / "data"), "PYTHONPATH": here}


def main(arguments: list[str] | None = None) -> int:
    """Measure, and write the page; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.startup")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path("docs/startup.md"))
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        _start_training(Path(folder), -1)  # converts MNIST, fills the disk's cache
        text = page(options.repeats, Path(folder))
    files.write_text(options.out, text + "\n")
    sys.stderr.write(f"wrote {options.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
