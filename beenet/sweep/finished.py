"""Which trials of a sweep are finished, and whose folders hold other runs."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from beenet.config import plain
from beenet.config.differences import is_resized
from beenet.errors import SweepError
from beenet.runs.folder import difference_lines
from beenet.runs.relocated import recorded_hashes, with_relocated_data
from beenet.sweep.data_sets import DataSets
from beenet.sweep.trials import Trial
from beenet.text.words import listed


def finished(
    trials: Iterable[Trial], data_sets: DataSets | None = None, *, resized: bool = True
) -> set[str]:
    """Return the names of the trials that need no training.

    A trial whose data cannot be opened here is not compared by its data: a finished
    sweep can still be shown.

    Args:
        trials: the requested ones.
        data_sets: the data sets on this machine; None for those in the usual place.
        resized: a run may be extended, or shortened if unfinished; if False, a run
            with another number of epochs counts as one of another config.

    Raises:
        SweepError: folders contain runs of other configs, or runs that were trained on
            other data; names them all.
    """
    data_sets = data_sets or DataSets()
    done = set()
    refused = _Refused(resized)
    for trial in trials:
        state = trial.folder.state()
        if state == "new":
            continue
        asked, there = plain(trial.config), trial.folder.read_config()
        hashes = partial(data_sets.hashes, trial.config)
        there = with_relocated_data(there, asked, trial.folder, hashes)
        same = there == asked
        if not same and not (
            resized and is_resized(there, asked, finished=state == "finished")
        ):
            refused.config(trial, there, asked)
        # A search has many pruned trials, whose checkpoints take long to read.
        elif (state == "finished" or resized) and (
            changed := _changed_files(trial, hashes())
        ):
            refused.data(trial, changed)
        elif same and state == "finished":
            done.add(trial.name)
    refused.check()
    return done


def _changed_files(trial: Trial, here: Mapping[str, str]) -> list[str]:
    """Return the data files that are not those that a trial's run was trained on."""
    was = recorded_hashes(trial.folder)
    if not was or not here:  # unknown
        return []
    return sorted(name for name in {*was, *here} if was.get(name) != here.get(name))


class _Refused:
    """Folders that hold other runs, grouped by what is different."""

    def __init__(self, resized: bool) -> None:
        self._replaceable = resized
        self._found: dict[tuple[str, str], list[str]] = {}
        self._cures: dict[str, None] = {}

    def config(self, trial: Trial, there: Any, asked: dict[str, Any]) -> None:
        """Note a trial whose folder holds a run of another config."""
        suffix = f"/{trial.name}"
        name = str(there["name"]) if "name" in there else ""
        if name.endswith(suffix):
            # The sweep's name is the same for all its trials: one line for them all.
            name = name.removesuffix(suffix)
            there = there | {"name": name}
            asked = asked | {"name": asked["name"].removesuffix(suffix)}
        if there | {"name": asked["name"]} == asked:
            cure = "give the sweep that name, and its folder too, or an unused name"
            if self._replaceable:
                cure += ", or move these folders away"
            text = f"trained under the name {name}"
            self._add(trial, (f"was {text}", f"were {text}"), cure)
        else:
            cure = "give the flags that they were trained with, or give the sweep "
            cure += "another name"
            if self._replaceable:
                cure += ", or remove these folders"
            text = f"of another config:\n{difference_lines(there, asked)}"
            self._add(trial, (f"holds a run {text}", f"hold runs {text}"), cure)

    def data(self, trial: Trial, changed: list[str]) -> None:
        """Note a trial whose run was trained on other data."""
        cure = "put those data back, or give the sweep another name"
        if self._replaceable:
            cure += ", or move these folders away"
        text = f"trained on other data: {listed(changed, 1)} changed since"
        self._add(trial, (f"was {text}", f"were {text}"), cure)

    def _add(self, trial: Trial, texts: tuple[str, str], cure: str) -> None:
        """Note a trial, with the text for one and for several, and what to do."""
        self._found.setdefault(texts, []).append(str(trial.folder.path))
        self._cures[cure] = None

    def check(self) -> None:
        """Raise an error that names what is different, with its folders.

        Raises:
            SweepError: a folder holds another run.
        """
        lines = [
            f"{listed(paths, 1)} {texts[len(paths) > 1]}"
            for texts, paths in self._found.items()
        ]
        if lines:
            raise SweepError("\n".join([*lines, *self._cures]))
