"""Find the sweeps among the runs, their varied parameters, and plot the results."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from beenet.config.faults import KeyPath, format_path
from beenet.config.naming import sweep_and_point
from beenet.drawing.page_plots import Parameter, heat_map, parameter_plot
from beenet.report.page.view import Missing, View

_AXIS = re.compile(r"(?:^|(?<=_))(?=([^-]+)-)")
"""Where a ``key-label`` may begin in a point's name, ``key-label_key-label``."""


@dataclass(frozen=True)
class SweepView:
    """One sweep on the page."""

    number: int
    """Its number among the page's sweeps."""
    name: str
    dataset: str
    """The data's title."""
    runs: Sequence[View]
    """Its finished runs."""
    parameters: Sequence[Parameter]
    """The parameters that differ among them, except the seed."""

    @property
    def filter(self) -> str:
        """The part of its runs' paths that finds them in the table."""
        return str(_folder(self.runs[0]))

    def plots(self) -> list[str]:
        """Return SVGs: one per parameter, and heat maps of pairs if these are few."""
        baseline = self.runs[0].scores["test"].baseline
        drawn = [
            parameter_plot(p, baseline=baseline, key=f"sweep{self.number}-{i}")
            for i, p in enumerate(self.parameters)
        ]
        if len(self.parameters) <= _MAX_PAIRED:
            for i, pair in enumerate(combinations(self.parameters, 2)):
                key = f"sweep{self.number}-pair{i}"
                map_ = heat_map(*pair, baseline=baseline, key=key)
                drawn += [map_] if map_ else []
        return drawn


_MAX_PAIRED = 3
"""With more parameters there would be too many plots of pairs."""


def find_sweeps(views: Iterable[View]) -> list[SweepView]:
    """Return the sweeps in whose runs at least one parameter varies."""
    trials: dict[tuple[str, str, Path], list[tuple[str, View]]] = {}
    for view in views:
        named = sweep_and_point(view.metrics.name)
        if named and not isinstance(view.config, Missing):
            sweep, point = named
            # A copy of a sweep's folder holds no further draws.
            folder = _folder(view)
            key = (sweep, _data(view) or view.entry.title, folder)
            trials.setdefault(key, []).append((point, view))
    found_sweeps = []
    names = Counter(sweep for sweep, _, _ in trials)
    for (name, _, folder), there in trials.items():
        points, runs = zip(*there, strict=True)
        if parameters := _parameters(runs, points):
            shown = name if names[name] == 1 else f"{name} ({folder})"
            found_sweeps.append((shown, runs[-1].entry.title, runs, parameters))
    found_sweeps.sort(key=lambda sweep: sweep[:2])
    return [SweepView(number, *sweep) for number, sweep in enumerate(found_sweeps)]


def _folder(view: View) -> Path:
    """Return the folder of a trial's sweep, as the page shows it if it can."""
    path = view.entry.folder.path
    if len(path.parents) < 2 or ".." in path.parts:  # from within the sweep
        path = path.absolute()
    return path.parents[1]


def _parameters(runs: Sequence[View], points: Sequence[str]) -> list[Parameter]:
    accuracies = [run.scores["test"].accuracy for run in runs]
    labelled = axes(points)
    named = {_changes(labels): (key, labels) for key, labels in labelled.items()}
    parameters: list[Parameter] = []
    seen: set[tuple[int, ...]] = set()
    for path, values in varying([_as_points_vary(run) for run in runs]).items():
        # Keys that change together are one parameter: the first represents all. That
        # includes keys whose values are all distinct; but a sweep's own keys are kept.
        changes = _changes([json.dumps(value, sort_keys=True) for value in values])
        own = labelled.get(str(path[-1]))
        if changes in seen and own is None:
            continue
        seen.add(changes)
        parameter = Parameter(format_path(path), _shown(values), accuracies)
        if not parameter.numeric and own is not None:  # the sweep's labels are better
            parameter = Parameter(format_path(path), own, accuracies)
        elif not parameter.numeric and changes in named:
            parameter = Parameter(*named[changes], accuracies)
        parameters.append(parameter)
    return parameters


def _changes(values: Sequence[Any]) -> tuple[int, ...]:
    """Return which values are equal: for each, the index of the first equal one."""
    return tuple(map(values.index, values))


def axes(points: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return the labels of each point of a sweep by its keys.

    Args:
        points: their names, as ``layers-deep_learning_rate-0.1``; at least one.

    Returns:
        The labels, one for each point, by key; empty if the names have none.
    """
    every = [{found[1] for found in _AXIS.finditer(point)} for point in points]
    common = set.intersection(*every)
    # In `learning_rate`, `rate` is not a key; a part that all labels end with is one.
    keys = [k for k in common if not any(other.endswith(f"_{k}") for other in common)]
    starts = re.compile(rf"(?:^|_)({'|'.join(map(re.escape, keys))})-")
    found: dict[str, list[str]] = {}
    for point in points if keys else ():
        _, *parts = starts.split(point)
        for key, label in zip(parts[::2], parts[1::2], strict=True):
            found.setdefault(key, []).append(label)
    return {key: labels for key, labels in found.items() if len(labels) == len(points)}


def varying(configs: Sequence[Any], path: KeyPath = ()) -> dict[KeyPath, list[Any]]:
    """Return where configs differ, as deep as their structure is the same.

    Args:
        configs: plain data, at least one.
        path: their path in the whole config.

    Returns:
        The values, one for each config, by path.
    """
    first = configs[0]
    if all(config == first for config in configs):
        return {}
    steps: Iterable[Any] = ()
    if all(isinstance(c, dict) and c.keys() == first.keys() for c in configs):
        steps = first
    elif all(isinstance(c, list) and len(c) == len(first) for c in configs):
        steps = range(len(first))
    else:
        return {path: list(configs)}
    return {
        where: values
        for step in steps
        for where, values in varying([c[step] for c in configs], (*path, step)).items()
    }


def _data(view: View) -> Any:
    """Return the digest of a run's data; None if an older beenet did not store it."""
    return view.metrics.data


def _as_points_vary(view: View) -> Any:
    """Return a run's config without what may differ between two runs of one point.

    The path of custom data is replaced by the digest of their bytes.
    """
    if not isinstance(view.config, dict):
        return view.config
    found = {key: value for key, value in view.config.items() if key != "name"}
    dataset = found.get("dataset")
    if isinstance(dataset, dict) and dataset.get("path") is not None and _data(view):
        found["dataset"] = dataset | {"path": _data(view)}
    training = found.get("training")
    if isinstance(training, dict):
        found["training"] = {k: v for k, v in training.items() if k != "seed"}
    return found


def _shown(values: Sequence[Any]) -> list[float | str]:
    """Return numbers unchanged, and other values as short, distinct texts."""
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        return [float(value) for value in values]
    whole = [json.dumps(value, sort_keys=True) for value in values]
    short = [_brief(value) for value in values]
    known: dict[str, list[str]] = {}
    for text, name in zip(whole, short, strict=True):
        same = known.setdefault(name, [])
        if text not in same:
            same.append(text)
    return [
        name if len(known[name]) == 1 else f"{name} ({known[name].index(text) + 1})"
        for text, name in zip(whole, short, strict=True)
    ]


def _brief(value: Any) -> str:
    """Return the one key of a mapping, the kinds of a list, or the value itself."""
    if isinstance(value, dict) and len(value) == 1:
        return str(next(iter(value)))
    if isinstance(value, list):
        return f"{len(value)}: " + ", ".join(map(_brief, value))
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
