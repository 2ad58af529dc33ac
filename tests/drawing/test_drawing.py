"""Pictures: whole PNG files, the same for the same numbers, of any run."""

import subprocess
import sys
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from beenet.drawing.confusion import _EDGE, confusion
from beenet.drawing.curves import curves
from beenet.drawing.matrix import _broken, matrix
from beenet.runs.history import Epoch
from beenet.scores.metrics import compute_scores


def history(epochs, *, accuracy=0.5, **extra):
    return [
        Epoch("MNIST", n, 10 * n, 1 / n, accuracy, 1.1 / n, 1 - 0.5 / n, 1.0, extra)
        for n in range(1, epochs + 1)
    ]


def drawn(rows, best=1, name="n", synthetic=False):
    return curves(name, rows, best=best, baseline=0.1, synthetic=synthetic)


def scores(names):
    labels = np.arange(3 * len(names)) % len(names)
    outputs = np.eye(len(names), dtype=np.float32)[np.roll(labels, 1)]
    return compute_scores(labels, outputs, 0.5, tuple(names))


def size(png):
    with Image.open(BytesIO(png)) as picture:
        picture.load()
        assert picture.format == "PNG"
        assert "Software" not in picture.info  # nor any date
        return picture.size


def red(png):
    """Return whether anything is drawn in a strong red."""
    with Image.open(BytesIO(png)) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    return bool(((pixels[..., 0] - pixels[..., 1:].max(axis=2)) > 120).any())


def test_the_same_numbers_give_the_same_bytes_and_others_do_not():
    assert drawn(history(3)) == drawn(history(3))
    assert drawn(history(3)) != drawn(history(3), best=2)
    assert drawn(history(3)) != drawn(history(4))


@pytest.mark.parametrize(
    ("rows", "panels"),
    [
        (history(1), 2),
        (history(60), 2),
        (history(2, accuracy=None, train_top3=0.9), 3),
        (history(2, accuracy=None, train_r2=-1.0, learning_rate=0.1), 4),
    ],
    ids=["one epoch", "many", "another metric", "and a schedule"],
)
def test_every_history_has_a_picture(rows, panels):
    width, height = size(drawn(rows))
    assert (width, height) == (960 * panels, 896)


@pytest.mark.parametrize("names", [["A", "B"], list("0123456789"), ["c"] * 25])
def test_every_confusion_has_a_picture(names):
    png = confusion("n", "MNIST", "valid", scores(names), synthetic=False)
    width, height = size(png)
    assert 1000 < height < width < 2600


def test_a_class_may_have_any_name_and_say_so_without_a_warning():
    size(confusion("$x", "a_b^", "valid", scores(["$BEE$", "蜂"]), synthetic=False))


@pytest.mark.parametrize("synthetic", [True, False])
def test_synthetic_data_are_marked_in_red(synthetic):
    table = confusion("n", "BEE1", "valid", scores("AB"), synthetic=synthetic)
    assert red(table) == synthetic
    assert drawn(history(2), synthetic=True) != drawn(history(2), synthetic=False)


def test_the_users_own_style_is_neither_used_nor_changed():
    import matplotlib

    before = drawn(history(2))
    with matplotlib.rc_context({"lines.linewidth": 9, "savefig.facecolor": "red"}):
        assert drawn(history(2)) == before
        assert matplotlib.rcParams["lines.linewidth"] == 9


def test_pyplot_and_its_windows_are_never_loaded():
    code = (
        "import sys, tests.drawing.test_drawing as t\n"
        "t.drawn(t.history(1)); sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_union_of_data_sets_has_a_line_each_below_the_heat_map():
    assert _broken("BEE1 (synthetic, scale 0.01) + BEE4") == (
        "BEE1\n(synthetic, scale 0.01) +\nBEE4"
    )
    cells = {(0, 0): 0.9, (1, 1): 0.4}
    png = matrix(
        "valid", ["a", "b"], ["BEE1", "BEE1 + BEE4"], [0.5, 0.6], cells,
        own={(0, 0)}, synthetic=False,
    )  # fmt: skip
    assert min(size(png)) > 400


def test_cells_without_examples_are_told_apart():
    png = confusion("n", "MNIST", "valid", scores(["a", "b", "c"]), synthetic=False)
    with Image.open(BytesIO(png)) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    edge = tuple(bytes.fromhex(_EDGE.removeprefix("#")))
    lines = (np.abs(pixels.astype(int) - edge).max(axis=2) < 12).mean(axis=1)
    assert (lines > 0.5).sum() >= 2  # across the whole matrix, twice
