"""A search for good points, by Optuna: what it drew, what came of it, what is next."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from beenet.config.faults import FaultsError
from beenet.config.naming import point_name, short_names
from beenet.config.points import (
    Choice,
    Point,
    Space,
    labels,
    load_points,
)
from beenet.config.sweep import Range, Search, Sweep
from beenet.config.text import Document
from beenet.errors import SweepError
from beenet.sweep.failures import Failures
from beenet.sweep.folder import SweepFolder
from beenet.sweep.natures import in_words, nature, recorded
from beenet.sweep.sampling import pruner, sampler
from beenet.sweep.storage import import_optuna, is_missing, opened, unreachable
from beenet.sweep.trials import Trial, accuracy_on_test, explained_base, make_trial

_REFUSED = "refused"
"""What a trial of the study is marked with whose point breaks rules, and by which."""
_REFUSALS = 1_000
"""So many draws in a row whose values do not go together, and there is no use."""


class Searched:
    """Trials that a study draws; a source for `run_sweep`."""

    def __init__(
        self,
        sweep: Sweep,
        document: Document,
        runs: Path,
        overrides: Iterable[str] = (),
        *,
        jobs: int = 1,
    ) -> None:
        """Check what can be drawn.

        Args:
            sweep: with a search.
            document: where it stands.
            runs: the folder of runs.
            overrides: ``-o`` flags for the base config.
            jobs: how many trials run at a time.

        Raises:
            FaultsError: some value that may be drawn breaks rules.
            SweepError: the sweep has no search.
        """
        if sweep.search is None:
            raise SweepError(f"{sweep.name} has no search")
        self.search: Search = sweep.search
        self._sweep, self._runs, self._jobs = sweep, runs, jobs
        self._overrides = list(overrides)
        self._space = Space(sweep, document, self._overrides)
        self._dimensions = self._space.dimensions()
        self._names = short_names(self._dimensions)
        with explained_base(document):
            loaded, self.warnings = load_points(
                self._corners(), self._space.fixed, self._overrides
            )
        self.ends = [
            make_trial(sweep, point, end.config, end.config.training.seed, runs)
            for point, end in loaded.items()
        ]
        """Trials that have between them every value, and both ends of ranges."""
        self.epochs = self.ends[0].config.training.epochs
        self._folder = SweepFolder(runs / sweep.name)
        self._optuna: Any = None
        self._study: Any = None
        self._asked: dict[str, Any] = {}
        self._resumed: list[Any] = []

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Hold the study open; the sweep's folder must be locked.

        Raises:
            SweepError: Optuna is missing, or the database cannot be reached.
        """
        with self._database() as database:
            self._open(database)
            yield

    def _open(self, database: Any) -> None:
        self._optuna = optuna = import_optuna()
        with self._told("opened"):
            self._study = optuna.create_study(
                storage=database,
                study_name=self._sweep.name,
                direction="maximize",
                pruner=pruner(optuna, self.search, self.epochs),
                load_if_exists=True,
            )
        known = self._known()
        self._refuse_another_space(known)
        self._resumed = [
            optuna.trial.Trial(self._study, frozen._trial_id)
            for frozen in known
            if frozen.state.name == "RUNNING"
            and (self.search.storage is None or frozen.user_attrs.get("of") == self._of)
        ]

    def _known(self) -> list[Any]:
        """Return the study's trials.

        Raises:
            SweepError: the database cannot be read, or is damaged.
        """
        with self._told("opened"):
            known: list[Any] = self._study.get_trials(deepcopy=False)
        return known

    def _refuse_another_space(self, trials: Iterable[Any]) -> None:
        """Refuse a study if its trials cannot be told in this space.

        The ends of ranges may move between two sessions; from other keys, or from a
        list with other values, Optuna cannot go on learning.
        """
        now = {key: nature(drawn) for key, drawn in self._dimensions.items()}
        for trial in trials:
            was = {key: recorded(d) for key, d in trial.distributions.items()}
            # In line nothing is drawn yet; killed in between, not everything.
            for key in sorted(now | was if trial.state.is_finished() else was):
                if now.get(key) != was.get(key):
                    raise SweepError(
                        f"{self._sweep.name} has drawn {key} from "
                        f"{was.get(key, 'nothing')}, and now it is "
                        f"{now.get(key, 'not there')}; only the ends of ranges and the "
                        "number of trials may change: give the sweep another name"
                    )

    @contextmanager
    def _told(self, done: str = "used") -> Iterator[None]:
        """Say in one line that the database fails as it is opened, or used."""
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
        """Return how many trials are over, of a study that need not be there yet."""
        optuna, storage = import_optuna(), self.search.storage
        # To open an SQLite file makes it, and who only asks must leave nothing.
        if is_missing(storage) if storage else not self._folder.study.exists():
            return 0
        with self._database() as database:
            try:
                study = optuna.load_study(study_name=self._sweep.name, storage=database)
                known = study.get_trials(deepcopy=False)
            except KeyError:  # it is not
                return 0
            except Exception as error:  # whatever the database's driver raises
                raise unreachable(self._storage, error) from None
        self._refuse_another_space(known)
        return sum(trial.state.is_finished() for trial in _counted(known))

    def space(self) -> dict[str, str]:
        """Return what is drawn from, in words, by key."""
        return {key: in_words(drawn) for key, drawn in self._dimensions.items()}

    @property
    def _of(self) -> str:
        """Whose a trial is, in a database that several sweeps share."""
        return str(self._folder.path.resolve())

    def next(self) -> Trial | None:
        """Go on with a trial that was broken off, or draw a new one.

        A point whose values break a rule together is drawn again, and counts for none.

        Raises:
            SweepError: all points do, it seems.
        """
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
        """Return a trial that was broken off, maybe while its values were drawn.

        The rest of them are then what they would have been.
        """
        asked = self._resumed.pop(0)
        self._study.sampler = drawing = self._sampler(asked.number)
        known, drawn = self._known()[asked.number], asked.distributions
        for key in self._dimensions:
            if key in drawn:  # drawn again, to bring the generator to the next one
                drawing.sample_independent(self._study, known, key, drawn[key])
        return asked

    def _draw(self) -> Any:
        """Return a new trial of the study; None if there have been enough."""
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
        """Tell the study of a look at test; return whether to give the trial up."""
        asked = self._asked[trial.name]
        with self._told():
            asked.report(accuracy, epoch)
            return bool(asked.should_prune())

    def ended(self, trial: Trial, how: str) -> None:
        """Tell the study; a trial that was stopped stays open, to go on."""
        states = self._optuna.trial.TrialState
        if how == "finished":
            accuracy = accuracy_on_test(trial.folder)
            with self._told():
                self._study.tell(self._asked[trial.name], accuracy)
        elif how in ("pruned", "failed"):
            state = states.PRUNED if how == "pruned" else states.FAIL
            with self._told():
                self._study.tell(self._asked[trial.name], state=state)

    def retry(self, failures: Failures) -> None:
        """Put the points of failed trials in line again, each as a new trial."""
        known = self._known()
        done = {trial.user_attrs.get("again") for trial in known}
        for trial in _counted(known):
            if trial.state.name == "FAIL" and trial.number not in done:
                # First, or it would stay a failure if it ended here.
                with suppress(KeyError, FaultsError):
                    failures.forget(self._trial(trial).name)
                with self._told():
                    self._study.enqueue_trial(
                        trial.params, user_attrs={"again": trial.number}
                    )

    def trials(self) -> list[Trial]:
        """Return the trials that the study knows, with their folders here."""
        return [
            self._trial(known)
            for known in _counted(self._known())
            if known.state.name in ("COMPLETE", "PRUNED", "FAIL")
        ]

    def counts(self) -> dict[str, int]:
        """Return how many trials are in each state, by Optuna's names.

        One that was tried again counts as the newer trial alone.
        """
        known = _counted(self._known())
        again = {trial.user_attrs.get("again") for trial in known}
        states = [trial.state.name for trial in known if trial.number not in again]
        return {state: states.count(state) for state in set(states)}

    def _trial(self, asked: Any) -> Trial:
        choices = [
            self._choice(key, self._value(asked, key)) for key in self._dimensions
        ]
        name = point_name(labels(choices), self._names, asked.number)
        point = self._space.point(name, tuple(choices))
        loaded, _ = load_points([point], self._space.fixed, self._overrides)
        config = loaded[name].config
        trial = make_trial(self._sweep, name, config, config.training.seed, self._runs)
        if isinstance(asked, self._optuna.trial.Trial):  # else it is over
            self._asked[trial.name] = asked
        return trial

    def _value(self, asked: Any, key: str) -> Any:
        """Return the value of a key, drawn now or read back; of a list, its label."""
        if not isinstance(asked, self._optuna.trial.Trial):
            return asked.params[key]
        with self._told():
            return self._drawn(asked, key)

    def _drawn(self, asked: Any, key: str) -> Any:
        match self._dimensions[key]:
            case Range() as drawn if drawn.whole:
                low, high, step = int(drawn.low), int(drawn.high), int(drawn.step or 1)
                return asked.suggest_int(key, low, high, step=step, log=drawn.log)
            case Range() as drawn:
                return asked.suggest_float(
                    key, drawn.low, drawn.high, step=drawn.step, log=drawn.log
                )
            case choices:
                return asked.suggest_categorical(key, [c.label for c in choices])

    def _choice(self, key: str, value: Any) -> Choice:
        dimension = self._dimensions[key]
        if isinstance(dimension, Range):
            return self._space.drawn(key, value)
        return next(choice for choice in dimension if choice.label == value)

    def _corners(self) -> list[Point]:
        """Return points that have between them every value, and both ends of ranges."""
        values = {
            key: [self._space.drawn(key, end) for end in (dim.low, dim.high)]
            if isinstance(dim, Range)
            else dim
            for key, dim in self._dimensions.items()
        }
        points = []
        for i in range(max(map(len, values.values()))):
            choices = tuple(found[i % len(found)] for found in values.values())
            name = point_name(labels(choices), self._names)
            points.append(self._space.point(name, choices))
        return points


def _counted(trials: Iterable[Any]) -> list[Any]:
    """Return those of a study's trials that were, or are to be, trained."""
    return [trial for trial in trials if _REFUSED not in trial.user_attrs]
