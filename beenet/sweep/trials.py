"""The trials of a sweep: each point with each seed, and how far its run got."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from beenet.config import Config, plain
from beenet.config.differences import is_resized, with_place
from beenet.config.faults import Fault, FaultsError
from beenet.config.points import Space, load_points
from beenet.config.sweep import Sweep
from beenet.config.text import Document
from beenet.config.values import LARGEST
from beenet.datasets.configured import open_data
from beenet.errors import BeenetError, ConfigError, RunError, SweepError
from beenet.network.sidecar import read_sidecar
from beenet.runs.folder import RunFolder
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
        """What it is called within its sweep."""
        return trial_name(self.point, self.seed)


def accuracy_on_test(run: RunFolder) -> float:
    """Return the accuracy of a finished run on test, with the weights that it kept.

    Raises:
        RunError: its metrics cannot be read.
    """
    return float(run.read_metrics()["splits"]["test"]["accuracy"])


def trial_name(point: str, seed: int) -> str:
    """Return the name of a trial, and of its folder below the sweep's."""
    return f"{point}/seed-{seed}"


def plan_trials(
    sweep: Sweep, document: Document, runs: Path, overrides: Iterable[str] = ()
) -> tuple[list[Trial], list[Fault]]:
    """Return the trials of a sweep with a matrix, seed by seed, and warnings.

    The first seed of every point comes before the second of any: a sweep that is
    broken off early has seen all points.

    Args:
        sweep: what is tried.
        document: where it stands.
        runs: the folder of runs.
        overrides: ``-o`` flags for the base config.

    Raises:
        FaultsError: the sweep or any of its points breaks rules, or the base cannot
            be read.
    """
    overrides = list(overrides)
    space = Space(sweep, document, overrides)
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
    """Say where a sweep names a base config that cannot be read."""
    try:
        yield
    except FaultsError:
        raise
    except ConfigError as error:
        raise FaultsError([document.fault(("base",), str(error))]) from None


def make_trial(
    sweep: Sweep, point: str, config: Config, seed: int, runs: Path
) -> Trial:
    """Give a point's config its seed, its name and its folder."""
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
        trials: those that are asked for.
        data_dir: where the data sets are installed; None for the usual place.
        resized: a run may be made longer, or end sooner if it is not finished; else
            one of another number of epochs is another's.

    Raises:
        SweepError: folders hold runs of other configs; names them all.
    """
    done = set()
    others = dict[str, list[str]]()
    for trial in trials:
        state = trial.folder.state()
        if state == "new":
            continue
        asked, there = plain(trial.config), trial.folder.read_config()
        here = with_place(there, asked)
        if here is not there and (state != "finished" or _has_data(trial, data_dir)):
            there = here  # of one to go on with, who trains it looks at the data
        if there == asked:
            if state == "finished":
                done.add(trial.name)
        elif not (resized and is_resized(there, asked, finished=state == "finished")):
            try:
                trial.folder.check_same(asked, there)
            except RunError as error:
                _, _, differing = str(error).rpartition("\n")[0].partition("\n")
                others.setdefault(differing, []).append(str(trial.folder.path))
    if others:
        lines = [
            f"{listed(paths, 1)} {'hold runs' if len(paths) > 1 else 'holds a run'} of "
            f"another config:\n{differing}"
            for differing, paths in others.items()
        ]
        raise SweepError(
            "\n".join(lines)
            + "\ngive the flags that they were trained with, give the sweep another "
            "name, or remove these folders"
        )
    return done


def _has_data(trial: Trial, data_dir: Path | None) -> bool:
    """Return whether a finished run was trained on the very data of its trial."""
    with contextlib.suppress(BeenetError):
        there = read_sidecar(trial.folder.model).hashes
        return there == open_data(trial.config, data_dir).hashes
    return False
