"""The points of a sweep: the changes to the base config for each of them."""

import itertools
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beenet.config.faults import Fault, FaultsError, KeyPath, Place, did_you_mean
from beenet.config.naming import point_name, short_names
from beenet.config.overridden_keys import (
    MADE_NAME,
    overridden_keys,
    paths,
    varied,
    why_overridden,
)
from beenet.config.overrides import Change, dotted_key, key_path
from beenet.config.sweep import Range, Sweep, label_of
from beenet.config.yaml_text import Document
from beenet.text.values import brief, show

_LONGEST = 60
"""The most characters of a value in a folder's name."""


@dataclass(frozen=True)
class Choice:
    """One value of one key of a sweep."""

    key: str
    label: str
    """The value as it appears in a folder's name."""
    value: Any
    changes: tuple[Change, ...]


def labels(choices: Iterable[Choice]) -> dict[str, str]:
    """Return key to label of each choice."""
    return {choice.key: choice.label for choice in choices}


@dataclass(frozen=True)
class Point:
    """One combination of values."""

    name: str
    """The name of its folder: ``learning_rate-0.1_layers-deep``."""
    choices: tuple[Choice, ...]
    base: Path
    """The config that it changes."""

    @property
    def changes(self) -> list[Change]:
        """Its changes to the base config."""
        return [change for choice in self.choices for change in choice.changes]


class SweepAxes:
    """The keys and values of a sweep, each with its place; collects faults."""

    def __init__(
        self, sweep: Sweep, document: Document, overrides: Iterable[str] = ()
    ) -> None:
        """Read keys and values; faults are collected in `faults`.

        Args:
            sweep: the sweep.
            document: its file, with the places of its values.
            overrides: ``-o`` flags for the base config.
        """
        self.sweep = sweep
        self.document = document
        self.faults: list[Fault] = []
        self.fixed = [
            change
            for key, value in sweep.set.items()
            for change in self._changes(("set", key), ("set", key), value)
        ]
        self._base_axis = {"base": self._bases()} if len(sweep.base) > 1 else {}
        self.axes = self._base_axis | {
            key: self._axis(("matrix", key), values)
            for key, values in sweep.matrix.items()
        }
        self._reject_seeds()
        self._reject_overlaps()
        self._reject_lost(overrides)

    def points(self) -> list[Point]:
        """Return the points in the order of the file, each once.

        Raises:
            FaultsError: the sweep breaks rules; lists all of them.
        """
        excluded = [self._excluded(i) for i in range(len(self.sweep.exclude))]
        included = [
            choices
            for i in range(len(self.sweep.include))
            for choices in self._included(i)
        ]
        if self.faults:
            raise FaultsError(dict.fromkeys(self.faults))
        found = [
            choices
            for choices in itertools.product(*self.axes.values())
            if not any(
                rule and rule.items() <= labels(choices).items() for rule in excluded
            )
        ]
        if not self.axes and included:
            found = []  # otherwise the unchanged base would be a point
        found += included
        names = short_names({choice.key for choices in found for choice in choices})
        points = [self.point(point_name(labels(c), names), c) for c in found]
        if not points:
            raise FaultsError([self.document.fault(("exclude",), "leaves no point")])
        unique: dict[str, Point] = {}
        for point in points:
            first = unique.setdefault(point.name, point)
            if [c.value for c in first.choices] != [c.value for c in point.choices]:
                text = f"has two points called {point.name}, which would share a folder"
                raise FaultsError([self.document.fault(("include",), text)])
        return list(unique.values())

    def point(self, name: str, choices: tuple[Choice, ...]) -> Point:
        """Return a point; its base is its chosen one, or the sweep's first."""
        base = next((c.value for c in choices if c.key == "base"), self.sweep.base[0])
        folder = Path(self.document.source).parent
        return Point(name, choices, folder / os.path.expanduser(base))

    def _bases(self) -> list[Choice]:
        """Return the base configs as choices named after their files."""
        choices: list[Choice] = []
        seen: set[str] = set()
        for i, base in enumerate(self.sweep.base):
            label = label_of(Path(base).stem)
            if not label.strip("-"):
                text = "its file's name is to be part of a folder's name: rename it, in"
                self._fault(("base", i), f"{text} letters, digits, '_', '.' and '-'")
            elif label in seen:
                text = f"another file of the name {label} stands before it"
                if Path(base).stem != label:
                    text = f"becomes {label} in a folder's name, as one before it does"
                self._fault(("base", i), f"{text}; their folders would be one")
            seen.add(label)
            choices.append(Choice("base", label, base, ()))
        return choices

    def _axis(self, path: KeyPath, values: Any) -> list[Choice]:
        named = isinstance(values, dict)
        if named and (dotted := dotted_key(str(path[-1]), values)):
            self._fault(path, f"write its keys with dots: {dotted}: [...]")
            return []
        items = values.items() if named else enumerate(values)
        choices = [
            self.choice(str(path[-1]), path, (*path, step), value, named=named)
            for step, value in items
        ]
        seen: dict[str, Any] = {}
        steps = values if named else range(len(values))
        for choice, step in zip(choices, steps, strict=True):
            if choice.label in seen and choice.value == seen[choice.label]:
                self._fault((*path, step), f"{show(choice.value)} stands twice")
            elif choice.label in seen:
                both = f"{show(seen[choice.label])} and {show(choice.value)}"
                text = "would share a folder; write a mapping of names to values"
                self._fault((*path, step), f"{both} {text}")
            seen[choice.label] = choice.value
        return choices

    def dimensions(self) -> dict[str, list[Choice] | Range]:
        """Return the choices or the range of each key of a search.

        Raises:
            FaultsError: the sweep breaks rules; lists all of them.
        """
        found: dict[str, list[Choice] | Range] = {}
        for key, dimension in (
            self.sweep.search.space.items() if self.sweep.search else ()
        ):
            at = ("search", "space", key)
            if isinstance(dimension, Range):
                found[key] = dimension
                self.drawn(key, dimension.low)
            else:
                found[key] = self._axis(at, dimension.values)
        if self.faults:
            raise FaultsError(dict.fromkeys(self.faults))
        return found

    def drawn(self, key: str, value: float) -> Choice:
        """Return a number drawn from a key's range as a choice."""
        at = ("search", "space", key)
        label = label_of(value if isinstance(value, int) else float(f"{value:.4g}"))
        return Choice(key, label, value, tuple(self._changes(at, at, value)))

    def choice(
        self, key: str, key_at: KeyPath, at: KeyPath, value: Any, *, named: bool = False
    ) -> Choice:
        """Return a value of a key as a choice."""
        label = str(at[-1]) if named else label_of(value)
        if not label or len(label) > _LONGEST:
            text = "needs a name of its own, for its folder: write a mapping of names"
            self._fault(at, f"{text} to values")
        return Choice(key, label, value, tuple(self._changes(key_at, at, value)))

    def _changes(self, key_at: KeyPath, at: KeyPath, value: Any) -> Iterable[Change]:
        place = self.document.place(at)
        for part in str(key_at[-1]).split(","):
            path = key_path(part.strip())
            if path is None:
                rule = "is not a path of keys such as layers[0].conv_2d.nb_filter"
                self._fault(key_at, rule, of_key=True)
                return
            if path == ("name",):
                self._fault(key_at, MADE_NAME, of_key=True)
            yield Change(path, value, place)

    def _excluded(self, index: int) -> dict[str, str]:
        """Return key to label of one item of ``exclude``; faults are left out."""
        rule = {}
        if not self.sweep.exclude[index]:
            self._fault(("exclude", index), "names no value, and so leaves nothing out")
        for key, value in self.sweep.exclude[index].items():
            at = ("exclude", index, key)
            if key not in self.axes:
                hint = did_you_mean(key, self.axes)
                self._fault(at, f"is not a key of the matrix{hint}", of_key=True)
            elif (found := _find(self.axes[key], value)) is None:
                known = ", ".join(choice.label for choice in self.axes[key])
                self._fault(at, f"is none of its values: {known}; got {show(value)}")
            else:
                rule[key] = found.label
        return rule

    def _included(self, index: int) -> list[tuple[Choice, ...]]:
        """Return the points of an ``include``: one per base, unless it names one."""
        choices = []
        for key, value in self.sweep.include[index].items():
            at = ("include", index, key)
            known = _find(self.axes.get(key, []), value)
            choices.append(known or self.choice(key, at, at, value))
        if "base" in self.sweep.include[index]:
            return [tuple(choices)]
        return [
            (*base, *choices) for base in itertools.product(*self._base_axis.values())
        ]

    def _reject_seeds(self) -> None:
        space = self.sweep.search.space if self.sweep.search else {}
        for where in (self.sweep.set, self.sweep.matrix, *self.sweep.include, space):
            for key in where:
                if ("training", "seed") in paths(key):
                    keys = self.document.keys
                    path = next(known for known in keys if known[-1] == key)
                    text = "write seeds: [1, 2, 3] instead"
                    if self.sweep.search:
                        text = "a search has one seed, its base's: write it there, or "
                        text += "as -o training.seed=4"
                    self._fault(path, text, of_key=True)
                    return

    def _reject_overlaps(self) -> None:
        at, keys = varied(self.sweep)
        for later, earlier in overridden_keys(keys):
            text = f"sets again what {earlier} above it sets; leave one of them out"
            self._fault((*at, later), text, of_key=True)

    def _reject_lost(self, overrides: Iterable[str]) -> None:
        for key in () if self.sweep.include else self.sweep.set:
            whys = [why_overridden(part.strip(), self.sweep) for part in key.split(",")]
            if all(whys) and MADE_NAME not in whys:
                self._fault(("set", key), f"changes nothing: {whys[0]}", of_key=True)
        for flag in overrides:
            if text := why_overridden(flag, self.sweep):
                self.faults.append(Fault(Place(f"-o {brief(flag)}"), (), text))

    def _fault(self, path: KeyPath, text: str, *, of_key: bool = False) -> None:
        self.faults.append(self.document.fault(path, text, of_key=of_key))


def _find(choices: Iterable[Choice], value: Any) -> Choice | None:
    for choice in choices:
        if choice.value == value or choice.label == value:
            return choice
    return None
