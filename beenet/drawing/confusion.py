"""`confusion.png`: the confusion matrix of a split."""

from beenet.drawing.canvas import head, new_figure, png, style
from beenet.scores.metrics import Scores

_EDGE = "#c3ced9"
_MAX_WITH_NUMBERS = 24  # classes; with more, numbers would be too small to read


def confusion(
    name: str, dataset: str, split: str, scores: Scores, *, synthetic: bool
) -> bytes:
    """Draw a confusion matrix: counts, and percentages of each true class.

    Args:
        name: the run's name.
        dataset: the data set's title.
        split: the split's name.
        scores: the split's scores.
        synthetic: whether the data are synthetic.

    Returns:
        A PNG file.
    """
    names = [score.name for score in scores.classes]
    n = len(names)
    side = max(7.5, 2.5 + 0.95 * n) if n <= _MAX_WITH_NUMBERS else 14.0
    with style():
        figure = new_figure(side + 0.8, side + 0.6)
        panel = figure.subplots()
        shares = [
            [count / max(1, sum(row)) for count in row] for row in scores.confusion
        ]
        # Looks like `imshow`, but does not resample each cell to pixels.
        edges = [place - 0.5 for place in range(n + 1)]
        image = panel.pcolormesh(edges, edges, shares, cmap="Blues", vmin=0, vmax=1)
        panel.set(aspect="equal", ylim=(n - 0.5, -0.5))
        panel.grid(False)
        panel.spines[:].set_visible(False)
        panel.set_xticks(range(n), names)
        panel.set_yticks(range(n), names)
        if max(map(len, names)) > 4 and n > 4:
            panel.tick_params(axis="x", rotation=90)
        panel.set_xlabel("predicted")
        panel.set_ylabel("true")
        if n <= _MAX_WITH_NUMBERS:
            for edge in range(n - 1):  # else cells without examples would merge
                panel.axhline(edge + 0.5, color=_EDGE, linewidth=1)
                panel.axvline(edge + 0.5, color=_EDGE, linewidth=1)
            for row, counts in enumerate(scores.confusion):
                for column, count in enumerate(counts):
                    share = shares[row][column]
                    panel.text(
                        column, row, f"{count:,}\n{100 * share:.1f}%",
                        ha="center", va="center", fontsize=14 if n > 4 else 18,
                        color="white" if share > 0.55 else "black",
                        in_layout=False,  # takes no space, which is slow to compute
                    )  # fmt: skip
        else:
            bar = figure.colorbar(image, ax=panel, shrink=0.8)
            bar.set_label("share of the true class")
            bar.outline.set_visible(False)
        low, high = scores.interval
        panel.set_title(
            f"{split}, {scores.n:,} examples: "
            f"accuracy {scores.accuracy:.4f} (95% {low:.4f}-{high:.4f})\n"
            f"baseline {scores.baseline:.4f} (always {scores.majority})",
        )
        head(figure, name, dataset, synthetic)
        return png(figure)
