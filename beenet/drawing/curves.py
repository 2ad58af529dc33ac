"""`curves.png`: loss, accuracy and other columns of the history by epoch."""

from collections.abc import Sequence
from typing import Any

from beenet.drawing.canvas import MARK, TEST, TRAIN, head, new_figure, png, style
from beenet.runs.history import Epoch

_FEW = 40  # up to this number, epochs are also marked by points


def curves(
    name: str,
    history: Sequence[Epoch],
    *,
    best: int,
    baseline: float,
    synthetic: bool,
) -> bytes:
    """Draw loss and accuracy of train and test, and the history's extra columns.

    Args:
        name: the run's name.
        history: at least one epoch.
        best: the number of the epoch to mark, counted from 1.
        baseline: accuracy of always predicting test's most common class.
        synthetic: whether the data are synthetic.

    Returns:
        A PNG file.
    """
    extra = list(history[0].extra)
    with style():
        figure = new_figure(6 * (2 + len(extra)), 5.6)
        loss, accuracy, *others = figure.subplots(1, 2 + len(extra))
        for panel, shown in ((loss, "loss"), (accuracy, "accuracy")):
            loss_and_accuracy(panel, history, shown, best=best, baseline=baseline)
        for panel, column in zip(others, extra, strict=True):
            _axis(panel, history, column.replace("_", " "))
            _line(panel, history, [row.extra[column] for row in history], "train")
        row = history[best - 1]
        mark = f"best on test: epoch {best}, loss {row.test_loss:.4f}, "
        lines = loss.get_lines()
        labels = ["train", "test", f"{mark}accuracy {row.test_accuracy:.4f}"]
        figure.legend(lines, labels, loc="outside lower center", ncols=3)
        head(figure, name, row.dataset, synthetic)
        return png(figure)


def loss_and_accuracy(
    panel: Any, history: Sequence[Epoch], shown: str, *, best: int, baseline: float
) -> None:
    """Draw ``loss`` or ``accuracy`` of train and test on axes; see `curves`."""
    _panel(panel, history, shown, f"train_{shown}", f"test_{shown}", best)
    if shown == "accuracy":
        _show_baseline(panel, baseline)
        return
    bottom, top = min(0.0, panel.dataLim.y0), panel.dataLim.y1
    panel.set_ylim(bottom, top + 0.1 * (top - bottom or 1))


def _panel(
    panel: Any, history: Sequence[Epoch], title: str, train: str, test: str, best: int
) -> None:
    """Draw the lines of a panel, and a ring around test's value at the best epoch."""
    _axis(panel, history, title)
    for column, split in ((train, "train"), (test, "test")):
        values = [getattr(row, column) for row in history]
        if None not in values:  # the config has another metric than accuracy
            _line(panel, history, values, split)
    panel.plot(
        [best], [getattr(history[best - 1], test)], marker="o", markersize=15,
        linestyle="none", markerfacecolor="none", markeredgecolor=MARK,
        markeredgewidth=2, zorder=5,
    )  # fmt: skip


def _show_baseline(panel: Any, baseline: float) -> None:
    """Write the baseline in the title, and draw it."""
    panel.set_title(f"accuracy (baseline of test: {baseline:.4f})")
    draw_baseline(panel, baseline)


def draw_baseline(panel: Any, baseline: float) -> None:
    """Draw the baseline; it is out of view if it is too far below the other lines."""
    low, high = panel.get_ylim()
    panel.axhline(baseline, color=MARK, linestyle=":")
    if baseline < low - (high - low):
        panel.set_ylim(low, high)


def _axis(panel: Any, history: Sequence[Epoch], title: str) -> None:
    from matplotlib.ticker import MaxNLocator

    panel.set_title(title)
    panel.set_xlabel("epoch")
    panel.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1))
    margin = max(0.5, 0.04 * len(history))
    panel.set_xlim(1 - margin, len(history) + margin)
    panel.margins(y=0.15)


def _line(
    panel: Any, history: Sequence[Epoch], values: Sequence[float], split: str
) -> None:
    """Draw one split's line; test's is also dashed, for black-and-white printing."""
    is_test = split == "test"
    panel.plot(
        [row.epoch for row in history],
        values,
        color=TEST if is_test else TRAIN,
        linestyle="--" if is_test else "-",
        marker=("s" if is_test else "o") if len(history) <= _FEW else None,
        markersize=5,
        label=split,
    )
