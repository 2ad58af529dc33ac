"""The plots of a report's page, each an SVG small enough for a phone's screen."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Any

from beenet.drawing.canvas import TEST, TRAIN, new_figure, style
from beenet.drawing.curves import draw_baseline, loss_and_accuracy
from beenet.drawing.vector import INK, mark_run, svg, xml_text
from beenet.runs.history import Epoch

_SIZE = (6.6, 4.0)
_FEW = 20  # up to this number, epochs are also marked by points


@dataclass(frozen=True)
class Parameter:
    """A config key that a sweep varied, and the resulting accuracies."""

    key: str
    """Its path in the config."""
    values: Sequence[float | str]
    """The value in each run; all numbers, or all texts."""
    accuracies: Sequence[float]
    """Test accuracies in the same order."""

    @property
    def distinct(self) -> list[Any]:
        """The distinct values: numbers sorted, texts in order of appearance."""
        known = list(dict.fromkeys(self.values))
        return sorted(known) if self.numeric else known

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return not any(isinstance(value, str) for value in self.values)


def run_curves(
    history: Sequence[Epoch], *, best: int, baseline: float, key: str
) -> list[str]:
    """Draw loss and accuracy of train and test of one run, an SVG each.

    Args:
        history: at least one epoch.
        best: the number of the epoch to mark, counted from 1.
        baseline: accuracy of always predicting test's most common class.
        key: the run's key on the page.
    """
    drawn = []
    with style():
        for name in ("loss", "accuracy"):
            figure, panel = _by_epoch()
            loss_and_accuracy(panel, history, name, best=best, baseline=baseline)
            if name == "loss":
                panel.legend(loc="best")
            drawn.append(svg(figure, f"{name} by epoch", f"{key}-{name}"))
    return drawn


def overlaid_curves(
    histories: Mapping[int, Sequence[Epoch]], *, baseline: float, key: str
) -> list[str]:
    """Draw test's accuracy and loss of many runs, in lines that the page can colour.

    Args:
        histories: histories of runs on one data set, by their numbers on the page.
        baseline: accuracy of always predicting test's most common class.
        key: the data set's key on the page.
    """
    drawn = []
    with style():
        for name in ("accuracy", "loss"):
            figure, panel = _by_epoch()
            panel.set_title(f"test {name}")
            panel.set_xlabel("epoch")
            lasts = []
            for number, history in histories.items():
                values = [getattr(row, f"test_{name}") for row in history]
                lasts += [value for value in values if math.isfinite(value)]
                (line,) = panel.plot(
                    [row.epoch for row in history],
                    [v if math.isfinite(v) else math.nan for v in values],
                    color=INK,
                    linewidth=1.6,
                    marker="o" if len(history) <= _FEW else None,
                    markersize=3.5,
                )
                mark_run(line, number)
            _whole_epochs(panel, max(map(len, histories.values())))
            if name == "accuracy":
                draw_baseline(panel, baseline)
                panel.set_title(f"test accuracy (baseline {baseline:.4f})")
            elif lasts:
                # One diverging run must not flatten the others.
                lasts.sort()
                usual = lasts[round(0.9 * (len(lasts) - 1))]
                panel.set_ylim(
                    min(0.0, lasts[0]), min(lasts[-1], 3 * usual) * 1.05 or 1
                )
            drawn.append(svg(figure, f"test {name} of all runs", f"{key}-{name}"))
    return drawn


def parameter_plot(parameter: Parameter, *, baseline: float, key: str) -> str:
    """Draw each run's test accuracy over a varied parameter, and the means.

    Args:
        parameter: the varied key.
        baseline: accuracy of always predicting test's most common class.
        key: the plot's key on the page.
    """
    known = parameter.distinct
    places: Sequence[Any] = parameter.values
    with style():
        figure = new_figure(*_SIZE)
        panel = figure.subplots()
        if not parameter.numeric:
            places = [known.index(value) for value in parameter.values]
            panel.set_xticks(range(len(known)), [_short(v) for v in known])
            panel.set_xlim(-0.5, len(known) - 0.5)
        elif _is_geometric(known):
            _use_log_axis(panel, known)
        if parameter.numeric and _have_room(known):
            panel.minorticks_off()
            panel.set_xticks(known, [f"{value:g}" for value in known])
        panel.plot(
            places, parameter.accuracies, "o", color=TRAIN, alpha=0.55, markersize=7,
            markeredgecolor="none",
        )  # fmt: skip
        if len(known) < len(places):
            pairs = list(zip(parameter.values, parameter.accuracies, strict=True))
            means = [fmean(a for v, a in pairs if v == value) for value in known]
            where = known if parameter.numeric else range(len(known))
            line = "-" if parameter.numeric else ""
            panel.plot(
                where, means, color=TEST, linestyle=line, marker="D", markersize=6
            )
        draw_baseline(panel, baseline)
        panel.set_title(f"baseline {baseline:.4f}")
        panel.set_xlabel(_short(parameter.key, 60))
        panel.set_ylabel("test accuracy")
        return svg(figure, f"test accuracy by {parameter.key}", key)


def heat_map(
    first: Parameter, second: Parameter, *, baseline: float, key: str
) -> str | None:
    """Draw the mean test accuracy of each pair of two parameters' values.

    Returns:
        None if there are too many values, most pairs were not tried, or no value of
        one parameter was tried twice, as if drawn from a range.
    """
    columns, rows = first.distinct, second.distinct
    most = max(len(columns), len(rows))
    if most > 12 or most == len(first.values):
        return None
    tried = defaultdict[tuple[int, int], list[float]](list)
    for x, y, accuracy in zip(
        first.values, second.values, first.accuracies, strict=True
    ):
        tried[columns.index(x), rows.index(y)].append(accuracy)
    cells = {place: fmean(accuracies) for place, accuracies in tried.items()}
    if 2 * len(cells) < len(columns) * len(rows):
        return None
    with style():
        figure = new_figure(_SIZE[0], max(_SIZE[1], 1.6 + 0.55 * len(rows)))
        panel = figure.subplots()
        low, high = min(cells.values()), max(cells.values())
        grid = [
            [cells.get((column, row), math.nan) for column in range(len(columns))]
            for row in range(len(rows))
        ]
        mesh = panel.pcolormesh(grid, cmap="Blues", vmin=low, vmax=high or 1)
        mesh.set_edgecolor("white")
        for (column, row), mean in cells.items():
            dark = mean - low > 0.55 * (high - low or 1)
            panel.text(
                column + 0.5, row + 0.5, f"{mean:.4f}", ha="center", va="center",
                color="white" if dark else "black",
            )  # fmt: skip
        panel.grid(False)
        panel.spines[:].set_visible(False)
        panel.set_xticks([j + 0.5 for j in range(len(columns))], map(_text, columns))
        panel.set_yticks([i + 0.5 for i in range(len(rows))], map(_text, rows))
        panel.tick_params(length=0)
        panel.set_xlabel(_short(first.key, 60))
        panel.set_ylabel(_short(second.key, 40))
        panel.set_title(f"mean test accuracy (baseline {baseline:.4f})")
        return svg(figure, f"test accuracy by {first.key} and {second.key}", key)


def _use_log_axis(panel: Any, known: Sequence[float]) -> None:
    """Make x logarithmic, with plain numbers: Matplotlib's own labels are formulas."""
    from matplotlib.ticker import LogLocator

    panel.set_xscale("log")
    decades = math.log10(known[-1] / known[0])
    panel.xaxis.set_major_locator(LogLocator(subs=(1,) if decades > 3 else (1, 2, 5)))
    panel.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    panel.minorticks_off()


def _have_room(known: Sequence[float]) -> bool:
    """Return whether each value can have its own label on the axis."""
    if len(known) > 8:
        return False
    places = [math.log(v) for v in known] if _is_geometric(known) else known
    width = (places[-1] - places[0]) or 1.0
    return all(right - left >= width / 9 for left, right in pairwise(places))


def _is_geometric(known: Sequence[float]) -> bool:
    """Return whether a logarithmic axis suits values better, such as 0.03, 0.1, 0.5."""
    if known[0] <= 0 or len(known) < 2:
        return False
    if known[-1] / known[0] >= 20:
        return True

    def evenness(places: Sequence[float]) -> float:
        gaps = [right - left for left, right in pairwise(places)]
        return min(gaps) / sum(gaps)

    return evenness([math.log(value) for value in known]) > evenness(known)


def _by_epoch() -> tuple[Any, Any]:
    """Return a figure with axes at a fixed place: computing it takes longest."""
    figure = new_figure(*_SIZE)
    figure.set_layout_engine("none")
    place = {"left": 0.115, "right": 0.985, "bottom": 0.155, "top": 0.92}
    return figure, figure.subplots(gridspec_kw=place)


def _whole_epochs(panel: Any, epochs: int) -> None:
    from matplotlib.ticker import MaxNLocator

    panel.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1))
    margin = max(0.25, 0.03 * epochs)
    panel.set_xlim(1 - margin, epochs + margin)


def _text(value: float | str) -> str:
    return _short(value) if isinstance(value, str) else f"{value:g}"


def _short(text: str, most: int = 18) -> str:
    """Cut a text in the middle: values and keys differ most at their ends."""
    text, half = xml_text(text), (most - 1) // 2
    return text if len(text) <= most else f"{text[:half]}…{text[-half:]}"
