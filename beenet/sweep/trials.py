"""The trials of a sweep, each point with each seed, and which of them are finished."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from beenet.config import Config, plain
from beenet.config.differences import is_resized
from beenet.config.faults import Fault, FaultsError
from beenet.config.naming import trial_name
from beenet.config.points import SweepAxes, load_points
from beenet.config.sweep import Sweep
from beenet.config.values import LARGEST
from beenet.config.yaml_text import Document
from beenet.datasets.configured import open_data
from beenet.errors import BeenetError, ConfigError, SweepError
from beenet.runs.folder import RunFolder, difference_lines
from beenet.runs.relocated import with_relocated_data
from beenet.text.words import listed


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


def finished(
    trials: Iterable[Trial], data_dir: Path | None = None, *, resized: bool = True
) -> set[str]:
    """Return the names of the trials that need no training.

    Args:
        trials: the requested ones.
        data_dir: where the data sets are installed; None for the usual place.
        resized: a run may be extended, or shortened if unfinished; if False, a run
            with another number of epochs counts as one of another config.

    Raises:
        SweepError: folders contain runs of other configs; names them all.
    """
    done = set()
    others = dict[str, list[str]]()
    hashes_here = _Hashes(data_dir)
    for trial in trials:
        state = trial.folder.state()
        if state == "new":
            continue
        asked, there = plain(trial.config), trial.folder.read_config()
        hashes = partial(hashes_here, trial.config)
        there = with_relocated_data(there, asked, trial.folder, hashes)
        if there == asked:
            if state == "finished":
                done.add(trial.name)
        elif not (resized and is_resized(there, asked, finished=state == "finished")):
            differing = difference_lines(there, asked)
            others.setdefault(differing, []).append(str(trial.folder.path))
    if others:
        lines = [
            f"{listed(paths, 1)} {'hold runs' if len(paths) > 1 else 'holds a run'} of "
            f"another config:\n{differing}"
            for differing, paths in others.items()
        ]
        raise SweepError(
            "\n".join(lines)
            + "\ngive the flags that they were trained with, or give the sweep another "
            + ("name, or remove these folders" if resized else "name")
        )
    return done


class _Hashes:
    """The SHA-256 of data sets' files; each set is opened only once."""

    def __init__(self, data_dir: Path | None) -> None:
        self._data_dir = data_dir
        self._known: dict[str, dict[str, str]] = {}

    def __call__(self, config: Config) -> dict[str, str]:
        """Return those of a config's data; none if they cannot be opened."""
        section = repr(config.dataset)
        if section not in self._known:
            self._known[section] = {}
            with contextlib.suppress(BeenetError):  # training reports the reason
                self._known[section] = open_data(config, self._data_dir).hashes
        return self._known[section]
