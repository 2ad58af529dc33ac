"""The page of start-up times, with commands that really start."""

import re

import pytest

from tools import startup


def test_the_page_has_a_row_for_each_command(tmp_path, monkeypatch):
    quick = {name: given for name, given in startup.COMMANDS.items() if "help" in name}
    monkeypatch.setattr(startup, "COMMANDS", quick)
    monkeypatch.setattr(startup, "_start_training", lambda folder, number: (3.0, 2.5))
    assert startup.main(["--repeats", "2", "--out", str(tmp_path / "page.md")]) == 0
    page = (tmp_path / "page.md").read_text()
    row = re.search(r"^\| `beenet --help` \| (\S+) \| (\S+) \| (\S+) \|$", page, re.M)
    fastest, median, processor = map(float, row.groups())
    assert 0 < fastest <= median < 30
    assert 0 < processor < 10
    assert "| `beenet train mnist/tflearn_convnet1` | 3.00 | 3.00 | 2.50 |\n" in page


def test_a_command_that_fails_is_not_timed(tmp_path):
    with pytest.raises(RuntimeError, match="ended with 2"):
        startup._start(("check", "nosuch.yaml"), tmp_path)


@pytest.mark.slow
def test_a_training_is_timed_up_to_its_first_step(tmp_path):
    wall, work = startup._start_training(tmp_path, 0)
    assert wall > 0.5
    assert work > 0.5
    assert not (tmp_path / "run0/metrics.json").exists()
