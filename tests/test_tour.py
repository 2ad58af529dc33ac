"""The README's five-minute tour: every command of it, as written, one by one."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from beenet.cli import main
from beenet.datasets import idx

README = Path(__file__).parents[1] / "README.md"


def commands() -> list[str]:
    section = README.read_text().split("## A five-minute tour\n")[1].split("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


@pytest.fixture
def little_mnist(monkeypatch) -> None:
    """Take the first 400 examples of each split, so that an epoch is a moment."""
    first = {name: (part, slice(400)) for name, (part, _) in idx._SPLITS.items()}
    monkeypatch.setattr(idx, "_SPLITS", first)


def test_the_tour_can_be_taken(tmp_path, monkeypatch, little_mnist) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BEENET_THREADS", "1")
    assert len(commands()) >= 8
    outputs = {}
    for command in commands():
        words = shlex.split(command, comments=True)
        assert words[0] == "beenet"
        result = CliRunner().invoke(main, words[1:])
        assert result.exit_code == 0, f"{command}\n{result.output}"
        outputs[" ".join(words[1:3])] = result.stdout
    assert outputs["check mnist.yaml"] == "mnist.yaml: ok\n"
    assert "held out" in outputs["train mnist.yaml"]
    assert "baseline" in outputs["eval runs/mnist/first"]
    assert "activation" in outputs["compare runs/mnist/first"]
    assert "tanh" in outputs["report"]
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {"mnist.yaml", "runs", "plain.py"}
