"""The configs in the page on branches are good as they stand."""

import re
from pathlib import Path

import pytest

from beenet.config import lint, load_config

PAGE = Path(__file__).parents[2] / "docs" / "branches.md"
EXAMPLES = re.findall(r"```yaml\n(name:.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.splitlines()[0])
def test_an_example_has_no_fault(text: str, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(text)
    loaded = load_config(tmp_path / "c.yaml")
    assert lint(loaded, (64, 64, 3), 2) == []


def test_there_is_an_inception_and_a_residual_example() -> None:
    assert len(EXAMPLES) == 2
