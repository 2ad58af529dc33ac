"""`beenet configs`, shipped configs by name, and what the TAB key offers."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from beenet import shipped
from beenet.cli import main


@pytest.fixture
def beenet(tmp_path, monkeypatch):
    """Run beenet in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, list(map(str, arguments)))


def test_the_list_has_one_line_each(beenet):
    lines = beenet("configs").stdout.splitlines()
    assert [line.split()[0] for line in lines] == shipped.names()
    assert beenet("configs", "list").stdout.splitlines() == lines
    (line,) = beenet("configs", "list", "mnist/ann").stdout.splitlines()
    assert line.startswith("mnist/ann_shallow  The lecture's shallow net on MNIST, ")
    found = json.loads(beenet("configs", "list", "bee4/", "--json").stdout)
    assert found == {"bee4/cnn": shipped.purpose("bee4/cnn")}


def test_a_copy_can_be_checked_where_it_is(beenet):
    result = beenet("configs", "copy", "mnist/convnet1", "bee4")
    assert result.stdout == "configs/mnist/convnet1.yaml\nconfigs/bee4/cnn.yaml\n"
    result = beenet("check", "configs/mnist/convnet1.yaml")
    assert result.stdout == "configs/mnist/convnet1.yaml: ok\n"
    result = beenet("configs", "copy", "mnist/convnet1")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: configs/mnist/convnet1.yaml is there already; --overwrite replaces "
        "it\n",
    )


def test_a_shipped_config_is_taken_by_name_unless_a_file_has_it(beenet, tmp_path):
    path = shipped.folder() / "mnist/convnet1.yaml"
    assert beenet("check", "mnist/convnet1").stdout == f"{path}: ok\n"
    result = beenet("check", "mnist/convnett1")
    assert result.exit_code == 2
    assert result.stderr.endswith(
        "File 'mnist/convnett1' does not exist; did you mean 'mnist/convnet1'?\n"
    )
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist/convnet1").write_text("layers: []\n")
    assert beenet("check", "mnist/convnet1").stderr.startswith("mnist/convnet1:1:1: ")


def test_what_is_no_config_but_known_is_told_from_it(beenet, tmp_path):
    result = beenet("train", "bee1_grey")
    assert result.exit_code == 2
    assert result.stderr.endswith(
        "BEE1_gray is a data set, not a config; `beenet configs` lists those that come "
        "along, `beenet init BEE1_gray` writes a first one\n"
    )
    result = beenet("sweep", "bee1_grey")
    assert result.stderr.endswith("File 'bee1_grey' does not exist.\n")
    (tmp_path / "bee1.index").write_text("a model's")
    result = beenet("describe", "bee1")
    assert "data set" not in result.stderr
    (tmp_path / "runs/one").mkdir(parents=True)
    result = beenet("train", "runs/one")
    assert result.stderr.endswith("File 'runs/one' is a directory.\n")
    (tmp_path / "runs/one/config.yaml").write_text("")
    result = beenet("train", "runs/one")
    assert result.stderr.endswith(
        "'runs/one' is a run's folder; its config is runs/one/config.yaml\n"
    )


def offered(words: str, shell: str = "bash") -> list[str]:
    """Press TAB behind words."""
    typed = words.split(" ")
    environment = {
        "_BEENET_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(typed) - 1) if shell == "bash" else typed[-1],
    }
    result = CliRunner().invoke(main, [], prog_name="beenet", env=environment)
    return result.output.splitlines()


def test_tab_offers_configs_data_sets_and_runs(beenet, tmp_path):
    assert offered("beenet tra") == ["plain,train"]
    assert "plain,mnist/convnet1" in offered("beenet train mnist/c")
    assert offered("beenet check mnist/convnet5") == ["plain,mnist/convnet5"]
    assert offered("beenet data info buzz") == [
        "plain,BUZZ1",
        "plain,BUZZ2",
        "plain,BUZZ3",
    ]
    assert offered("beenet eval x --dataset MN") == ["plain,MNIST"]
    assert offered("beenet eval ru") == ["file,ru"]
    run = tmp_path / "runs/mnist/convnet1"
    run.mkdir(parents=True)
    (run / "model.tfl.index").touch()
    assert offered("beenet eval ru") == ["plain,runs/mnist/convnet1"]
    (tmp_path / "mine.yaml").touch()
    assert offered("beenet train mi") == ["file,mi"]
    assert offered("beenet train mn")[0].startswith("plain,mnist/")
    assert offered("beenet train mnist/no") == [""]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_the_shells_own(beenet, shell):
    script = beenet("completion", shell).stdout
    assert f"_BEENET_COMPLETE={shell}_complete" in script
    assert "beenet" in script
    assert beenet("completion", "tcsh").exit_code == 2


def test_bash_takes_the_script(beenet, tmp_path):
    """Bash itself asks for what begins with `beenet conf`."""
    script = beenet("completion", "bash").stdout
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin/beenet"
    fake.write_text("#!/bin/sh\necho plain,configs; echo $COMP_WORDS > asked\n")
    fake.chmod(0o755)
    (tmp_path / "script").write_text(script)
    code = (
        "source ./script; COMP_WORDS=(beenet conf); COMP_CWORD=1; "
        "_beenet_completion ./bin/beenet; echo ${COMPREPLY[@]}"
    )
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("configs\n", "")
    assert Path("asked").read_text().split() == ["beenet", "conf"]


@pytest.mark.skipif(not shutil.which("fish"), reason="there is no fish here")
def test_fish_takes_the_script(beenet, tmp_path):
    script = beenet("completion", "fish").stdout
    (tmp_path / "script").write_text(script)
    (tmp_path / "beenet").write_text("#!/bin/sh\necho plain,configs\n")
    (tmp_path / "beenet").chmod(0o755)
    code = "set -x PATH . $PATH; source script; complete -C 'beenet conf'"
    done = subprocess.run(
        ["fish", "-c", code], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.stdout == "configs\n"
