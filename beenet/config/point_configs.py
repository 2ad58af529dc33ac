"""The configs of a sweep's points, and the faults of all of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from beenet.config.faults import Fault, FaultsError
from beenet.config.lint import lint
from beenet.config.load import LoadedConfig, load_config
from beenet.config.overrides import Change
from beenet.config.points import Point
from beenet.text.words import listed


def load_points(
    points: Iterable[Point],
    fixed: Iterable[Change],
    overrides: Iterable[str] = (),
) -> tuple[dict[str, LoadedConfig], list[Fault]]:
    """Read the base config for each point, apply its changes and check it.

    Args:
        points: the changes, each with its config file.
        fixed: the changes for all points.
        overrides: ``-o`` flags, applied before the points' own changes.

    Returns:
        The configs by point, and warnings, each once.

    Raises:
        ConfigError: a base cannot be read.
        FaultsError: the faults of all points, each with the points that have it.
    """
    points = list(points)
    first: list[str | Change] = [*fixed, *overrides]
    loaded: dict[str, LoadedConfig] = {}
    faults: dict[Fault, list[str]] = {}
    warnings: dict[Fault, list[str]] = {}
    for point in points:
        try:
            config = load_config(point.base, [*first, *point.changes])
        except FaultsError as error:
            found = [(fault, faults) for fault in error.faults]
        else:
            loaded[point.name] = config
            dataset = config.config.dataset
            found = [
                (f.fault, faults if f.severity == "error" else warnings)
                for f in lint(config, dataset.shape, dataset.n_classes)
            ]
        for fault, kind in found:
            kind.setdefault(fault, []).append(point.name)
    if faults:
        raise FaultsError(_in_points(faults, len(points)))
    return loaded, _in_points(warnings, len(points))


def _in_points(faults: Mapping[Fault, list[str]], count: int) -> list[Fault]:
    """Add to each fault the points that have it, unless all of several do.

    A fault that every value of a list causes, such as a misspelt key, is listed once.
    """
    told: dict[Any, tuple[Fault, list[str]]] = {}
    for fault, names in faults.items():
        same = (fault.place.source, fault.path, fault.text)
        told.setdefault(same, (fault, []))[1].extend(names)
    return [
        fault
        if len(names) == count > 1
        else Fault(
            fault.place,
            fault.path,
            f"{fault.text} (in the point {listed(names, 1)})",
        )
        for fault, names in told.values()
    ]
