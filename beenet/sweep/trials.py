"""The trials of a sweep: each point with each seed."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from beenet.config import Config
from beenet.config.faults import Fault, FaultsError
from beenet.config.naming import trial_name
from beenet.config.point_configs import load_points
from beenet.config.points import SweepAxes
from beenet.config.sweep import Sweep
from beenet.config.values import LARGEST
from beenet.config.yaml_text import Document
from beenet.errors import ConfigError, SweepError
from beenet.runs.folder import RunFolder


@dataclass(frozen=True)
class Trial:
    """One training of a sweep."""

    point: str
    """The name of its point."""
    seed: int
    config: Config
    folder: RunFolder

    @property
    def name(self) -> str:
        """Its name within its sweep."""
        return trial_name(self.point, self.seed)


def accuracy_on_test(run: RunFolder) -> float:
    """Return the accuracy of a finished run on test, with its saved weights.

    Raises:
        RunError: its metrics cannot be read.
    """
    return run.read_metrics().splits["test"].accuracy


def plan_trials(
    sweep: Sweep, document: Document, runs: Path, overrides: Iterable[str] = ()
) -> tuple[list[Trial], list[Fault]]:
    """Return the trials of a sweep with a matrix, seed by seed, and warnings.

    The first seed of every point comes before the second of any: a sweep that is
    interrupted early has covered all points.

    Args:
        sweep: the sweep.
        document: its file, for error positions.
        runs: the folder of runs.
        overrides: ``-o`` flags for the base config.

    Raises:
        FaultsError: the sweep or any of its points breaks rules, or the base cannot
            be read.
    """
    overrides = list(overrides)
    space = SweepAxes(sweep, document, overrides)
    points = space.points()
    with explained_base(document):
        loaded, warnings = load_points(points, space.fixed, overrides)
    trials = [
        make_trial(sweep, point.name, loaded[point.name].config, seed, runs)
        for seeds in zip(
            *(_seeds(sweep, loaded[point.name].config) for point in points),
            strict=True,
        )
        for point, seed in zip(points, seeds, strict=True)
    ]
    return trials, warnings


@contextlib.contextmanager
def explained_base(document: Document) -> Iterator[None]:
    """Add the position in the sweep file to the error of an unreadable base config."""
    try:
        yield
    except FaultsError:
        raise
    except ConfigError as error:
        raise FaultsError([document.fault(("base",), str(error))]) from None


def make_trial(
    sweep: Sweep, point: str, config: Config, seed: int, runs: Path
) -> Trial:
    """Return the trial of a point and a seed, with its name and folder."""
    name = f"{sweep.name}/{trial_name(point, seed)}"
    training = config.training.model_copy(update={"seed": seed})
    changed = config.model_copy(update={"name": name, "training": training})
    return Trial(point, seed, changed, RunFolder(runs / name))


def _seeds(sweep: Sweep, config: Config) -> Iterable[int]:
    if isinstance(sweep.seeds, int):
        first = config.training.seed
        if first + sweep.seeds - 1 > LARGEST:
            raise SweepError(
                f"{sweep.name}: {sweep.seeds} seeds from {first} upwards go beyond "
                f"{LARGEST}; write seeds: [1, 2, 3]"
            )
        return range(first, first + sweep.seeds)
    return sweep.seeds
