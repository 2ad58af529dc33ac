"""`beenet init` writes the lecture's net for the kind of data, ready to train."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from beenet import shipped
from beenet.cli import main
from beenet.config import lint, load_config
from beenet.config.load import plain
from beenet.registry import REGISTRY
from beenet.starter import write_starter
from tests.conftest import write_pickles

SAME = {
    "MNIST": "mnist/tflearn_convnet1",
    "BEE1": "bee1/cnn",
    "BEE2_1S": "bee2_1s/cnn",
    "BEE4": "bee4/cnn",
    "BEE1_gray": "bee1_gray/ann",
    "BEE2_1S_gray": "bee2_1s_gray/ann",
    "BEE4_gray": "bee4_gray/ann",
    "BUZZ1": "buzz1/ann",
    "BUZZ2": "buzz2/ann",
    "BUZZ3": "buzz3/ann",
}
"""The shipped config that each mirrors."""


@pytest.mark.parametrize("name", REGISTRY)
def test_it_is_the_shipped_net_by_another_name(name: str, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = write_starter(name)
    config = load_config(path).config
    wanted = load_config(shipped.folder() / f"{SAME[name]}.yaml").config
    assert plain(config) == {**plain(wanted), "name": f"{name.casefold()}/first"}
    assert all(len(line) <= 88 for line in path.read_text().splitlines())


@pytest.mark.parametrize("name", ["MNIST", "BEE1", "BUZZ1"])
def test_each_suggestion_can_be_taken(name: str, tmp_path: Path) -> None:
    path = write_starter(name, tmp_path / "a.yaml")
    lines = path.read_text().splitlines()
    start = lines.index(f"dataset: {name}")
    taken = 0
    for i, line in enumerate(lines):
        bare = line.replace("# ", "", 1)
        if i > start and line.lstrip().startswith("# ") and ": " in bare.split("{")[0]:
            without = [k for k in lines if k.split(":")[0] != bare.split(":")[0]]
            others = without if bare.startswith("optimizer") else lines
            place = others.index(line)
            path.write_text("\n".join([*others[:place], bare, *others[place + 1 :]]))
            loaded = load_config(path)
            dataset = loaded.config.dataset
            found = lint(loaded, dataset.shape, dataset.n_classes)
            # The first net has few epochs; patience is for more, as the file says.
            assert [f for f in found if "patience" not in f.fault.path] == []
            taken += 1
    assert taken == 7


def test_a_set_of_ones_own_is_found_from_the_config(tiny_data, tmp_path) -> None:
    out = tiny_data / "made.yaml"
    write_starter(
        str(tiny_data / "data"), out, classes=["A", "B, and 'C'", "D"], overwrite=True
    )
    assert 'path: "data"' in out.read_text()
    config = load_config(out).config
    assert config.dataset.path == str(tiny_data / "data")
    assert config.dataset.classes == ("A", "B, and 'C'", "D")
    assert config.name == "data/first"
    out.unlink()


@pytest.mark.parametrize("name", ["2024", "null", "1e3", "off"])
def test_a_name_that_yaml_takes_for_something_else_is_quoted(name, tmp_path):
    data, out = write_pickles(tmp_path / name), tmp_path / "a.yaml"
    write_starter(str(data), out, classes=["A", "B", "C"])
    assert load_config(out).config.name == f"{name}/first"


def beenet(*arguments):
    return CliRunner().invoke(main, ["init", *map(str, arguments)])


def test_the_command_asks_nothing_and_overwrites_nothing(
    tmp_path, monkeypatch, tiny_data
):
    monkeypatch.chdir(tmp_path)
    result = beenet()
    assert (result.exit_code, result.stdout) == (
        0,
        "mnist.yaml is written; to train it: beenet train mnist.yaml\n",
    )
    Path("mnist.yaml").write_text("mine")
    result = beenet("mnist")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: mnist.yaml is there already; --overwrite replaces it\n",
    )
    assert Path("mnist.yaml").read_text() == "mine"
    assert beenet("mnist", "--overwrite").exit_code == 0
    assert (
        CliRunner().invoke(main, ["check", "mnist.yaml"]).stdout == "mnist.yaml: ok\n"
    )


def test_bad_calls_are_one_line(tmp_path, monkeypatch, tiny_data):
    monkeypatch.chdir(tmp_path)
    result = beenet("BEE5")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: no data set is called 'BEE5'; did you mean")
    result = beenet(tiny_data / "data")
    assert result.exit_code == 1
    assert "your own data need their class names, in one-hot order" in result.stderr
    result = beenet("BEE1", "--out", "no/such/folder.yaml")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: cannot write no/such/folder.yaml: No such file or directory; choose "
        "another place with --out\n",
    )
    result = beenet("MNIST", "--classes", "A,B")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: MNIST has the classes 0, 1, 2, ")
    result = beenet(tiny_data / "data", "--classes", "A\tB,C")
    assert result.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_it_does_without_tensorflow(tmp_path):
    code = (
        "import sys\nfrom beenet.starter import write_starter\nwrite_starter('BEE1')\n"
        "sys.exit(str({'tensorflow', 'click'} & set(sys.modules) or ''))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path
    )
    assert (done.stdout, done.stderr) == ("", "\n")
