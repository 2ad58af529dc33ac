"""A search for good points with Optuna: draws trials, and records their results."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from beenet.config import plain
from beenet.config.faults import FaultsError
from beenet.config.identity import without_data_path
from beenet.config.load import with_new_defaults
from beenet.config.sweep import Search, Sweep
from beenet.config.yaml_text import Document
from beenet.errors import SweepError
from beenet.runs.folder import difference_lines
from beenet.sweep.failures import Failures
from beenet.sweep.folder import SweepFolder
from beenet.sweep.sampling import pruner, sampler
from beenet.sweep.space import SearchSpace
from beenet.sweep.space_check import refuse_changed_space
from beenet.sweep.storage import import_optuna, is_missing, opened, unreachable
from beenet.sweep.trials import Trial, accuracy_on_test

_REFUSED = "refused"
"""The attribute of a study's trial whose point breaks rules: the message."""
_CONFIG = "config"
"""The attribute of a trial with its config, as plain data."""
_OVER = ("COMPLETE", "PRUNED", "FAIL")
_TEACHING = ("COMPLETE", "PRUNED", "RUNNING")
"""Trials whose scores the sampler learns from; a failed one has none."""
_REFUSALS = 1_000
"""The search gives up after this many draws in a row that break rules."""


class OptunaSource:
    """Trials drawn by an Optuna study; a source for `run_sweep`."""

    def __init__(
        self,
        sweep: Sweep,
        document: Document,
        runs: Path,
        overrides: Iterable[str] = (),
        *,
        jobs: int = 1,
    ) -> None:
        """Check the values that can be drawn.

        Args:
            sweep: with a search.
            document: its file, for error positions.
            runs: the folder of runs.
            overrides: ``-o`` flags for the base config.
            jobs: how many trials run at a time.

        Raises:
            FaultsError: a value that may be drawn breaks rules.
            SweepError: the sweep has no search, or Optuna is missing.
        """
        if sweep.search is None:
            raise SweepError(f"{sweep.name} has no search")
        self.search: Search = sweep.search
        self.space = SearchSpace(sweep, document, runs, overrides)
        self.epochs = self.space.ends[0].config.training.epochs
        self._sweep, self._jobs = sweep, jobs
        self._folder = SweepFolder(runs / sweep.name)
        self._optuna: Any = import_optuna()
        self._study: Any = None
        self._asked: dict[str, Any] = {}
        self._resumed: list[Any] = []
        self._gone: list[Trial] = []
        self._made: dict[int, Trial] = {}
        """Trials by their number, cached: creating one takes milliseconds."""

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Open the study for the context; the sweep's folder must be locked.

        Raises:
            SweepError: Optuna is missing, or the database cannot be reached.
        """
        with self._database() as database:
            self._open(database)
            yield

    def _open(self, database: Any) -> None:
        optuna = self._optuna
        with self._told("opened"):
            self._study = optuna.create_study(
                storage=database,
                study_name=self._sweep.name,
                direction="maximize",
                pruner=pruner(optuna, self.search, self.epochs),
                load_if_exists=True,
            )
        known = self._known()
        self._refuse_others(known)
        self._resumed = [
            optuna.trial.Trial(self._study, frozen._trial_id)
            for frozen in known
            if frozen.state.name == "RUNNING" and self._is_here(frozen)
        ]
        over = (t for t in _counted(known) if t.state.name == "COMPLETE")
        trials = [self._trial(frozen) for frozen in over if self._is_here(frozen)]
        self._gone = [t for t in trials if t.folder.state() != "finished"]

    @property
    def gone(self) -> int:
        """The number of the study's complete trials without a finished run here."""
        return len(self._gone)

    def _is_here(self, frozen: Any) -> bool:
        """Return whether a trial is this sweep's, in a database that may be shared."""
        return self.search.storage is None or frozen.user_attrs.get("of") == self._of

    def _known(self) -> list[Any]:
        """Return the study's trials.

        Raises:
            SweepError: the database cannot be read, or is damaged.
        """
        with self._told("opened"):
            known: list[Any] = self._study.get_trials(deepcopy=False)
        return known

    def _refuse_others(self, known: Iterable[Any]) -> None:
        """Refuse a study whose trials are of another space, or of another config.

        Scores would be of two configs, and the sampler would learn from those of the
        other one.
        """
        refuse_changed_space(self._sweep.name, self.space.dimensions, known)
        for frozen in _counted(known):
            was = frozen.user_attrs.get(_CONFIG)
            if was is None or self.space.dimensions.keys() - frozen.params.keys():
                continue  # from an older beenet, or only partly drawn
            if frozen.state.name not in _TEACHING:
                continue
            differing = ":"
            with suppress(FaultsError):
                now = without_data_path(plain(self._trial(frozen).config))
                if without_data_path(was) == now:  # adding new defaults is slow
                    continue
                was = without_data_path(with_new_defaults(was))
                if not (lines := difference_lines(was, now)):
                    continue
                differing = f":\n{lines}"
            raise SweepError(
                f"trial {frozen.number} of {self._sweep.name} is of another config"
                f"{differing}\n"
                "give the flags that it was trained with, or give the sweep another "
                "name"
            )

    @contextmanager
    def _told(self, done: str = "used") -> Iterator[None]:
        """Turn a failure of the database, when opened or used, into one line."""
        try:
            yield
        except Exception as error:  # whatever the database's driver raises
            raise unreachable(self._storage, error, done) from None

    @property
    def _storage(self) -> str:
        return self.search.storage or f"sqlite:///{self._folder.study}"

    def _database(self) -> AbstractContextManager[Any]:
        own = None if self.search.storage else self._folder.study
        return opened(self._storage, own)

    def done(self) -> int:
        """Return how many trials have ended, of a study that may not exist yet."""
        storage = self.search.storage
        # Opening an SQLite file creates it; a query must not.
        if is_missing(storage) if storage else not self._folder.study.exists():
            return 0
        with self._database() as database:
            try:
                study = self._optuna.load_study(
                    study_name=self._sweep.name, storage=database
                )
                known = study.get_trials(deepcopy=False)
            except KeyError:  # there is no such study
                return 0
            except Exception as error:  # whatever the database's driver raises
                raise unreachable(self._storage, error) from None
        self._refuse_others(known)
        return sum(trial.state.is_finished() for trial in _counted(known))

    @property
    def _of(self) -> str:
        """The sweep's identifier, in a database that several sweeps share."""
        return str(self._folder.path.resolve())

    def next(self) -> Trial | None:
        """Resume an interrupted trial, or draw a new one.

        A point whose combined values break a rule is drawn again, and is not counted.

        Raises:
            SweepError: too many points in a row do.
        """
        if self._gone:  # trained again, they give the same results
            return self._gone.pop(0)
        fault: Exception | None = None
        for _ in range(_REFUSALS):
            asked = self._draw_on() if self._resumed else self._draw()
            if asked is None:
                return None
            try:
                return self._trial(asked)
            except FaultsError as error:
                with self._told():
                    asked.set_user_attr(_REFUSED, str(error))
                    self._study.tell(asked, state=self._optuna.trial.TrialState.FAIL)
                fault = error
        raise SweepError(
            f"{self._sweep.name}: {_REFUSALS} points in a row break rules, the last "
            f"one these:\n{fault}"
        )

    def _draw_on(self) -> Any:
        """Return a trial that was interrupted, perhaps while its values were drawn.

        The remaining values are the same as without the interruption.
        """
        asked = self._resumed.pop(0)
        self._study.sampler = drawing = self._sampler(asked.number)
        known, drawn = self._known()[asked.number], asked.distributions
        for key in self.space.dimensions:
            if key in drawn:  # drawn again, to advance the generator
                drawing.sample_independent(self._study, known, key, drawn[key])
        return asked

    def _draw(self) -> Any:
        """Return a new trial of the study; None if there are enough."""
        known = self._known()
        counted = _counted(known)
        again = sum("again" in trial.user_attrs for trial in counted)
        waiting = any(trial.state.name == "WAITING" for trial in known)
        if len(counted) - again >= self.search.trials and not waiting:
            return None
        with self._told():
            asked = self._study.ask()
            self._study.sampler = self._sampler(asked.number)
            asked.set_user_attr("of", self._of)
        return asked

    def _sampler(self, number: int) -> Any:
        side_by_side = self._jobs > 1
        return sampler(self._optuna, self.search, number, side_by_side=side_by_side)

    def looked(self, trial: Trial, epoch: int, accuracy: float) -> bool:
        """Report an accuracy on test to the study; return whether to prune."""
        if (asked := self._asked.get(trial.name)) is None:  # complete in the study
            return False
        with self._told():
            asked.report(accuracy, epoch)
            return bool(asked.should_prune())

    def ended(self, trial: Trial, how: str) -> None:
        """Report to the study; a stopped trial stays open, to be resumed."""
        if (asked := self._asked.get(trial.name)) is None:  # complete in the study
            return
        states = self._optuna.trial.TrialState
        if how == "finished":
            accuracy = accuracy_on_test(trial.folder)
            with self._told():
                self._study.tell(asked, accuracy)
        elif how in ("pruned", "failed"):
            state = states.PRUNED if how == "pruned" else states.FAIL
            with self._told():
                self._study.tell(asked, state=state)

    def retry(self, failures: Failures) -> None:
        """Enqueue the points of failed trials again, each as a new trial."""
        known = self._known()
        done = {trial.user_attrs.get("again") for trial in known}
        for trial in _counted(known):
            if trial.state.name == "FAIL" and trial.number not in done:
                # First: otherwise, if killed here, the failure would remain recorded.
                with suppress(KeyError, FaultsError):
                    failures.forget(self._trial(trial).name)
                with self._told():
                    self._study.enqueue_trial(
                        trial.params, user_attrs={"again": trial.number}
                    )

    def trials(self, states: Collection[str] = _OVER) -> list[Trial]:
        """Return the study's trials, with their folders here.

        Args:
            states: Optuna's names of the states; by default of those that have ended.
        """
        return [
            self._trial(known)
            for known in _counted(self._known())
            if known.state.name in states
        ]

    def counts(self) -> dict[str, int]:
        """Return how many trials are in each state, by Optuna's names.

        A trial that was retried is not counted, only the newer one.
        """
        known = _counted(self._known())
        again = {trial.user_attrs.get("again") for trial in known}
        states = [trial.state.name for trial in known if trial.number not in again]
        return {state: states.count(state) for state in set(states)}

    def _trial(self, asked: Any) -> Trial:
        is_live = isinstance(asked, self._optuna.trial.Trial)
        if not is_live and asked.number in self._made:
            return self._made[asked.number]
        values = {key: self._value(asked, key) for key in self.space.dimensions}
        trial = self._made[asked.number] = self.space.trial(asked.number, values)
        if is_live:  # otherwise it has ended
            self._asked[trial.name] = asked
            if _CONFIG not in asked.user_attrs:
                with self._told():
                    asked.set_user_attr(_CONFIG, plain(trial.config))
        return trial

    def _value(self, asked: Any, key: str) -> Any:
        """Return the value of a key, drawn or read back; for a list, its label."""
        if not isinstance(asked, self._optuna.trial.Trial):
            return asked.params[key]
        with self._told():
            return self.space.draw(asked, key)


def _counted(trials: Iterable[Any]) -> list[Any]:
    """Return those of a study's trials that were not refused by a rule."""
    return [trial for trial in trials if _REFUSED not in trial.user_attrs]
