"""A heat map of models by data sets."""

from collections.abc import Collection, Mapping, Sequence

from beenet.drawing.canvas import TEST, head, new_figure, png, style


def matrix(
    split: str,
    models: Sequence[str],
    datasets: Sequence[str],
    baselines: Sequence[float],
    cells: Mapping[tuple[int, int], float],
    *,
    own: Collection[tuple[int, int]],
    synthetic: bool,
) -> bytes:
    """Draw accuracies; the colour shows the difference from the baseline.

    Args:
        split: the split's name.
        models: the models' names, from the top.
        datasets: the data sets' titles, from the left.
        baselines: for each data set, the accuracy of predicting its most common class.
        cells: accuracies by model and data set; missing cells stay empty.
        own: the cells of data that a model was trained on, which get a frame.
        synthetic: whether any data are synthetic.

    Returns:
        A PNG file.
    """
    longest = max(map(len, models))
    with style():
        figure = new_figure(
            max(9.0, 3 + 0.14 * longest + 2.2 * len(datasets)),
            2.6 + 0.8 * len(models),
        )
        from matplotlib.patches import Rectangle

        panel = figure.subplots()
        gains = [
            [
                cells[i, j] - baselines[j] if (i, j) in cells else float("nan")
                for j in range(len(datasets))
            ]
            for i in range(len(models))
        ]
        # Brown below, green above: distinguishable with all kinds of colour vision.
        panel.imshow(gains, cmap="BrBG", vmin=-0.6, vmax=0.6, aspect="auto")
        for (i, j), accuracy in cells.items():
            gain = gains[i][j]
            panel.text(
                j, i, f"{accuracy:.4f}\n{gain:+.4f}", ha="center", va="center",
                color="white" if abs(gain) > 0.4 else "black",
            )  # fmt: skip
        for i, j in own:
            frame = Rectangle(
                (j - 0.47, i - 0.47),
                0.94,
                0.94,
                fill=False,
                edgecolor=TEST,
                linewidth=3,
            )
            panel.add_patch(frame)
        panel.grid(False)
        panel.spines[:].set_visible(False)
        pairs = zip(datasets, baselines, strict=True)
        labels = [
            f"{_broken(title)}\nbaseline {baseline:.4f}" for title, baseline in pairs
        ]
        panel.set_xticks(range(len(datasets)), labels)
        panel.set_yticks(range(len(models)), models)
        head(
            figure,
            f"accuracy on {split}, and what it is above the baseline",
            "framed: the data that the model was trained on",
            False,
        )
        if synthetic:
            panel.set_xlabel("synthetic data: means nothing", color="#B00020")
        return png(figure)


def _broken(title: str) -> str:
    """Break a title into lines, before brackets and after each plus sign."""
    return title.replace(" + ", " +\n").replace(" (", "\n(")
