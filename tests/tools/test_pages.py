from pathlib import Path

import pytest

from tools.estimator_page import estimator_page
from tools.layers_page import layers_page

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_what_the_models_say() -> None:
    assert (DOCS / "estimator.md").read_text(encoding="utf-8") == estimator_page(), (
        "write it anew: python -m tools.estimator_page > docs/estimator.md"
    )


def test_an_argument_has_its_default_and_its_meaning() -> None:
    row = next(r for r in estimator_page().splitlines() if r.startswith("| `top_k`"))
    assert row == (
        "| `top_k` | The share of examples whose class is among the k largest outputs. "
        "| `name` null: Name to show it by while training.<br>"
        "`k` 1: How many outputs are looked at. |"
    )


def test_the_page_of_layers_is_what_the_models_say() -> None:
    assert (DOCS / "layers.md").read_text(encoding="utf-8") == layers_page(), (
        "write it anew: python -m tools.layers_page > docs/layers.md"
    )


def test_an_argument_goes_by_its_name_in_the_yaml() -> None:
    (row,) = (r for r in layers_page().splitlines() if r.startswith("| `conv_2d_tr"))
    assert "`output_shape` (required): Height and width of the output" in row


@pytest.mark.parametrize("page", [estimator_page, layers_page])
def test_a_row_is_one_line(page) -> None:
    tables = [r for r in page().splitlines() if "<br>" in r or r.startswith("| ")]
    assert all(row.startswith("| ") and row.endswith(" |") for row in tables)
