"""A figure in the house's style, and its bytes; the user's own style is left alone."""

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from typing import Any

COLOURS = ("#0072B2", "#56B4E9", "#009E73", "#E69F00", "#D55E00", "#CC79A7")
"""From M. Okabe and K. Ito's colours, which all kinds of colour vision tell apart."""

TRAIN, TEST, MARK = COLOURS[0], COLOURS[4], "#333333"

_DPI = 160

_STYLE = {
    "font.family": "DejaVu Sans",  # inside matplotlib: the same on every machine
    "font.size": 14,
    "axes.titlesize": 14,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "legend.frameon": False,
    "lines.linewidth": 2.2,
    "text.parse_math": False,  # a class may be called $x$
}


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Draw in the house's style, whatever the user's is."""
    # It speaks of fonts and of its cache folder, where the user can do nothing.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from matplotlib import style as styles

    with styles.context(["default", _STYLE]), warnings.catch_warnings():
        # A class whose name the font cannot write is shown as boxes.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        yield


def new_figure(width: float, height: float) -> Any:
    """Return an empty figure, in inches; `style` must be on."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def lay_out(figure: Any) -> None:
    """Settle where everything in a figure lies, once.

    Left to `savefig`, the whole is drawn up to three times; every trial of a sweep
    draws, and a page hundreds of times.
    """
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine(None)


def png(figure: Any) -> bytes:
    """Return a figure as PNG, with neither date nor version in it."""
    lay_out(figure)
    data = io.BytesIO()
    figure.canvas.print_png(
        data, metadata={"Software": None}, pil_kwargs={"compress_level": 3}
    )
    return data.getvalue()


def head(figure: Any, name: str, dataset: str, synthetic: bool) -> None:
    """Write whose picture it is; a stand-in's is told by its colour and in words."""
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
