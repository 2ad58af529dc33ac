"""The space of a search: its ranges and lists, and the trials of drawn values."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from beenet.config.naming import point_name, short_names
from beenet.config.point_configs import load_points
from beenet.config.points import Choice, Point, SweepAxes, labels
from beenet.config.sweep import Range, Sweep
from beenet.config.yaml_text import Document
from beenet.sweep.space_check import in_words
from beenet.sweep.trials import Trial, explained_base, make_trial


class SearchSpace:
    """The values that a search may draw.

    Attributes:
        dimensions: the range or the choices of each key.
        ends: trials that together have every choice, and both ends of all ranges.
        warnings: probable mistakes in them.
    """

    def __init__(
        self, sweep: Sweep, document: Document, runs: Path, overrides: Iterable[str]
    ) -> None:
        """Check the values that can be drawn.

        Args:
            sweep: with a search.
            document: its file, for error positions.
            runs: the folder of runs.
            overrides: ``-o`` flags for the base config.

        Raises:
            FaultsError: a value that may be drawn breaks rules.
        """
        self._sweep, self._runs, self._overrides = sweep, runs, list(overrides)
        self._space = SweepAxes(sweep, document, self._overrides)
        self.dimensions = self._space.dimensions()
        self._names = short_names(self.dimensions)
        with explained_base(document):
            loaded, self.warnings = load_points(
                self._corners(), self._space.fixed, self._overrides
            )
        self.ends = [
            make_trial(sweep, point, end.config, end.config.training.seed, runs)
            for point, end in loaded.items()
        ]

    def in_words(self) -> dict[str, str]:
        """Return each key's range or list as text."""
        return {key: in_words(drawn) for key, drawn in self.dimensions.items()}

    def draw(self, asked: Any, key: str) -> Any:
        """Draw the value of a key in an Optuna trial; for a list, its label."""
        match self.dimensions[key]:
            case Range() as drawn if drawn.whole:
                low, high, step = int(drawn.low), int(drawn.high), int(drawn.step or 1)
                return asked.suggest_int(key, low, high, step=step, log=drawn.log)
            case Range() as drawn:
                return asked.suggest_float(
                    key, drawn.low, drawn.high, step=drawn.step, log=drawn.log
                )
            case choices:
                return asked.suggest_categorical(key, [c.label for c in choices])

    def trial(self, number: int, values: Mapping[str, Any]) -> Trial:
        """Return the trial with drawn values.

        Args:
            number: the trial's in the study.
            values: each key's, as `draw` returns it.

        Raises:
            FaultsError: their combination breaks rules.
        """
        choices = [self._choice(key, value) for key, value in values.items()]
        name = point_name(labels(choices), self._names, number)
        point = self._space.point(name, tuple(choices))
        loaded, _ = load_points([point], self._space.fixed, self._overrides)
        config = loaded[name].config
        return make_trial(self._sweep, name, config, config.training.seed, self._runs)

    def _choice(self, key: str, value: Any) -> Choice:
        dimension = self.dimensions[key]
        if isinstance(dimension, Range):
            return self._space.drawn(key, value)
        return next(choice for choice in dimension if choice.label == value)

    def _corners(self) -> list[Point]:
        values = {
            key: [self._space.drawn(key, end) for end in (dim.low, dim.high)]
            if isinstance(dim, Range)
            else dim
            for key, dim in self.dimensions.items()
        }
        points = []
        for i in range(max(map(len, values.values()))):
            choices = tuple(found[i % len(found)] for found in values.values())
            name = point_name(labels(choices), self._names)
            points.append(self._space.point(name, choices))
        return points
