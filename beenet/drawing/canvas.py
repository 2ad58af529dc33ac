"""Figures in beenet's own plot style, and their PNG bytes."""

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from typing import Any

COLOURS = ("#0072B2", "#56B4E9", "#009E73", "#E69F00", "#D55E00", "#CC79A7")
"""From M. Okabe and K. Ito's palette, distinguishable with any colour vision."""

TRAIN, TEST, MARK = COLOURS[0], COLOURS[4], "#333333"

_DPI = 160

_STYLE = {
    "font.family": "DejaVu Sans",  # part of matplotlib: the same on every machine
    "font.size": 14,
    "axes.titlesize": 14,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "legend.frameon": False,
    "lines.linewidth": 2.2,
    "text.parse_math": False,  # a class may have a name such as $x$
}


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Use beenet's plot style, independent of the user's settings."""
    # It logs messages on fonts and its cache folder that the user cannot act on.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from matplotlib import style as styles

    with styles.context(["default", _STYLE]), warnings.catch_warnings():
        # Characters that the font does not have are shown as boxes.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        yield


def new_figure(width: float, height: float) -> Any:
    """Return an empty figure of a size in inches; must be called within `style`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def lay_out(figure: Any) -> None:
    """Compute the layout of a figure once, and fix it.

    Otherwise `savefig` draws everything up to three times; every trial of a sweep
    draws, and a page hundreds of times.
    """
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine(None)


def png(figure: Any) -> bytes:
    """Return a figure as PNG without date or version."""
    lay_out(figure)
    data = io.BytesIO()
    figure.canvas.print_png(
        data, metadata={"Software": None}, pil_kwargs={"compress_level": 3}
    )
    return data.getvalue()


def head(figure: Any, name: str, dataset: str, synthetic: bool) -> None:
    """Write the title of a figure; synthetic data is marked by colour and in words."""
    if synthetic:
        dataset += ": means nothing"
    longest = max(len(name), len(dataset))
    figure.suptitle(
        f"{name}\n{dataset}",
        # A bold letter is about two thirds as wide as high; a point is 1/72 inch.
        fontsize=min(16.0, figure.get_figwidth() * 72 / (0.7 * longest)),
        fontweight="bold",
        color="#B00020" if synthetic else "black",
    )
