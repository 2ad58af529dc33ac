"""The command line as a user meets it: exact output, exact errors, exit codes."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from beenet import __version__
from beenet.cli import main
from tests.conftest import slow


@pytest.fixture
def beenet(tiny_data, monkeypatch):
    """Run beenet in the folder of the tiny config; returns exit code and outputs."""
    monkeypatch.chdir(tiny_data)
    return lambda *arguments: CliRunner().invoke(main, list(map(str, arguments)))


@pytest.fixture(scope="module")
def once(tiny_data, tmp_path_factory):
    """A run, trained once for all tests."""
    folder = tmp_path_factory.mktemp("once") / "run"
    with pytest.MonkeyPatch.context() as there:
        there.chdir(tiny_data)
        train = ["train", "tiny.yaml", "--run-dir", str(folder)]
        result = CliRunner().invoke(main, train)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def trained(once, tmp_path):
    """A run of the test's own."""
    return Path(shutil.copytree(once, tmp_path / "run"))


def commands(group=main, prefix=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*prefix, name))
        else:
            yield (*prefix, name)


def test_the_first_page_is_short_and_complete(beenet):
    result = beenet("--help")
    assert result.exit_code == 0
    assert result.output == textwrap.dedent("""\
        Usage: main [OPTIONS] COMMAND [ARGS]...

          Train, save and score TFLearn networks, each from one YAML file.

          beenet train configs/mnist/convnet1.yaml
          beenet eval runs/mnist/convnet1

        Options:
          --version   Show the version and exit.
          -h, --help  Show this message and exit.

        Commands:
          adopt       Write config and sidecar of a foreign .tfl, from its .meta.
          bench       Train CONFIG with stock TFLearn and with beenet, side by side.
          check       Find what is wrong with CONFIGS, without training anything.
          compare     Show how runs A and B differ: config, data, scores, examples.
          completion  Print the script that lets a SHELL complete what you type.
          configs     List or copy the configs that come with beenet.
          data        The data sets: what is here, what is missing, how to get it.
          describe    Print the layers of a CONFIG or MODEL: shapes, weights, MACs.
          doctor      Check that everything beenet needs is here.
          ensemble    Let the models of RUNS vote; score the vote and each model.
          eval        Score a saved MODEL: a run folder, or a .tfl.
          export      Write a saved MODEL for use without beenet, and compare.
          init        Write a first config for DATASET, with comments; asks nothing.
          matrix      Score the models of RUNS on every data set that fits them.
          predict     Predict the class of each FILE with a saved MODEL.
          report      Print a table of the finished runs below RUNS (default: runs).
          schema      Print the JSON Schema of configs, for editors.
          sweep       Train every point of SWEEP, several at a time; compare them.
          train       Train what CONFIG describes, save it as .tfl, and score it.
          verify      Kill a training of CONFIG; show that the bytes are the same.
    """)


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_every_command_has_help_with_an_example(beenet, command):
    for flag in ("-h", "--help"):
        result = beenet(*command, flag)
        assert result.exit_code == 0
        assert "Example: beenet " + " ".join(command) in result.output


def groups_and_commands(group=main, prefix=()):
    for name, command in group.commands.items():
        yield (*prefix, name), command
        if hasattr(command, "commands"):
            yield from groups_and_commands(command, (*prefix, name))


@pytest.mark.parametrize(
    ("words", "command"), list(groups_and_commands()), ids=lambda x: str(x)[:30]
)
def test_every_option_has_help(words, command):
    options = [p for p in command.params if isinstance(p, click.Option)]
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize(
    ("words", "command"), list(groups_and_commands()), ids=lambda x: str(x)[:30]
)
def test_the_example_of_the_help_is_a_command(words, command):
    """Flags and the number of arguments are right; files need not be there."""
    example = command.epilog.removeprefix("Example: ").split("|")[0].split(">")[0]
    beenet, *given = shlex.split(example)
    assert (beenet, *given[: len(words)]) == ("beenet", *words)
    found, rest = main, given
    while hasattr(found, "commands"):
        context = found.make_context("beenet", [], resilient_parsing=True)
        _, found, rest = found.resolve_command(context, rest)
    context = found.make_context("beenet", [], resilient_parsing=True)
    values, left, _ = found.make_parser(context).parse_args(list(rest))
    assert left == []
    for parameter in found.params:
        if parameter.required:
            assert values[parameter.name], f"{parameter.name} is not given"


def test_the_version_stands_in_one_place(beenet):
    assert beenet("--version").output == f"beenet, version {__version__}\n"


def test_train_prints_scores_to_stdout_and_progress_to_stderr(beenet, tmp_path):
    result = beenet("train", "tiny.yaml", "--run-dir", tmp_path / "run")
    assert result.exit_code == 0
    out, err = result.stdout.splitlines(), result.stderr.splitlines()
    assert out[0].startswith("tiny: data, 3 epochs, 27 steps, ")
    assert out[2] == ("split             n  accuracy   95% interval  baseline     loss")
    assert [line.split()[0] for line in out[3:6]] == ["train", "test", "valid"]
    assert out[5].split()[1:4] == ["held", "out", "30"]
    assert out[5].split()[-2] == "0.33333"
    assert out[-2] == f"model:    {tmp_path / 'run' / 'model.tfl'}"
    assert err[0] == "tiny: data, 60 examples, on cpu, 1 thread"
    assert [line[:9] for line in err[1:4]] == ["epoch 1/3", "epoch 2/3", "epoch 3/3"]
    assert all(" train loss " in line and " test loss " in line for line in err[1:4])


def test_quiet_prints_results_alone(beenet, tmp_path):
    result = beenet("train", "tiny.yaml", "-q", "--run-dir", tmp_path / "run")
    assert result.stderr == ""
    assert result.stdout.startswith("tiny: data, 3 epochs")


def test_a_run_goes_below_runs_by_its_name(beenet, tmp_path):
    result = beenet(
        "train", "tiny.yaml", "--runs", tmp_path, "-o", "name=a/b", "-o",
        "training.epochs=1",
    )  # fmt: skip
    assert result.exit_code == 0
    assert (tmp_path / "a" / "b" / "metrics.json").exists()


def test_eval_agrees_with_metrics(beenet, trained):
    there = json.loads((trained / "metrics.json").read_text())["splits"]["valid"]
    result = beenet("eval", trained / "model.tfl", "--json")
    assert json.loads(result.stdout)["scores"] == there
    assert json.loads(result.stdout)["split"] == "valid"
    lines = beenet("eval", trained).stdout.splitlines()
    assert lines[0] == f"{trained / 'model.tfl'} on data valid (30 examples)"
    assert lines[2].startswith(f"accuracy  {there['accuracy']:.5f}  (95% interval ")
    assert lines[3].startswith("baseline  0.33333  (always LIGHT")
    assert lines[4] == f"loss      {there['loss']:.5f}"
    assert lines[6].split() == [
        "class",
        "true",
        "predicted",
        "precision",
        "recall",
        "f1",
    ]
    assert lines[11].split() == ["true", "\\", "predicted", "LIGHT", "DARK", "STRIPED"]


def test_a_report_lists_the_run(beenet, trained):
    report = ("report", trained.parent)
    assert beenet("eval", trained).exit_code == 0
    head, row, *_, looks, worth = beenet(*report).stdout.splitlines()
    assert head.split()[:2] == ["data", "run"]
    assert row.split()[:4] == ["data", str(trained), "1", "3"]
    assert looks == "data: valid was scored 2 times, 1 of them at the end of training"
    assert worth == (
        "data: even the best is no better than always naming the commonest class"
    )
    (entry,) = json.loads(beenet(*report, "--json").stdout)
    assert entry["paths"] == [str(trained)]
    assert beenet(*report, "--csv").stdout.startswith("dataset,synthetic,run,")
    assert beenet(*report, "--md").stdout.startswith("| data | run |")
    result = beenet(*report, "--dataset", "BEE1")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: no finished run is on 'BEE1'; there are runs on: data\n",
    )
    result = beenet(*report, "--sort", "accuracy")
    assert result.exit_code == 2
    assert "no column 'accuracy'; there are: run, runs, epochs, " in result.stderr
    assert beenet(*report, "--csv", "--json").exit_code == 2


def test_a_report_is_written_as_a_page(beenet, trained, tmp_path):
    file = tmp_path / "report.html"
    result = beenet("report", trained.parent, "--html", file)
    size = file.stat().st_size / 1e6
    assert result.stdout == f"{file}: 1 run, {size:.1f} MB\n"
    assert file.read_text().startswith("<!doctype html>")
    assert beenet("report", trained.parent, "--html", file, "--json").exit_code == 2
    result = beenet("report", trained.parent, "--html", tmp_path / "no" / "r.html")
    assert result.exit_code == 2
    assert f"there is no folder '{tmp_path / 'no'}'" in result.stderr


def test_two_runs_are_compared(beenet, trained, tmp_path):
    other = ("-o", "training.epochs=1", "--run-dir", tmp_path / "other")
    assert beenet("train", "tiny.yaml", *other).exit_code == 0
    lines = beenet("compare", trained, tmp_path / "other").stdout.splitlines()
    model = tmp_path / "other" / "model.tfl"  # no file, but what its files begin with
    assert beenet("compare", trained, model).stdout.splitlines() == lines
    assert "training.epochs  3  1" in lines
    assert "data: data, the same files" in lines
    found = json.loads(beenet("compare", trained, tmp_path / "other", "--json").stdout)
    assert found["splits"]["valid"]["paired"]["p"] <= 1
    result = beenet("compare", trained, tmp_path)
    assert (result.exit_code, result.stderr) == (
        1,
        f"Error: {tmp_path} holds no finished run: it has no metrics.json\n",
    )


def test_a_report_of_nothing_says_what_to_do(beenet, tmp_path):
    assert beenet("report", tmp_path).stdout == (
        "no finished runs; train one with: beenet train CONFIG\n"
    )
    result = beenet("report")
    assert (result.exit_code, result.stdout) == (
        0,
        "no finished runs; train one with: beenet train CONFIG\n",
    )


def test_check_says_ok_warns_and_fails(beenet, tmp_path):
    assert beenet("check", "tiny.yaml").stdout == "tiny.yaml: ok\n"
    odd = ("-o", "layers[4].fully_connected.activation=sigmoid")
    result = beenet("check", "tiny.yaml", *odd)
    assert result.exit_code == 0
    assert result.stderr.startswith(
        "-o layers[4].fully_connected.activation=sigmoid: "
        "layers[4].fully_connected.activation: warning: an output of sigmoid"
    )
    assert beenet("check", "tiny.yaml", "--strict", *odd).exit_code == 2
    result = beenet("check", "tiny.yaml", "-o", "training.epoch=1")
    assert (result.exit_code, result.stderr) == (
        2,
        "-o training.epoch=1: training.epoch: is not a known key; did you mean "
        "'epochs'?\n",
    )


def test_check_finds_what_cannot_be_built_beside_broken_rules(beenet, tmp_path):
    config = tmp_path / "c.yaml"
    head = "dataset: MNIST\ntraining: {epoch: 3}\nlayers:\n"
    last = "  - fully_connected: {n_units: 10, activation: softmax}\n"
    config.write_text(head + "  - lstm: {n_units: 5}\n" + last)
    result = beenet("check", str(config))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"{config}:2:12: training.epoch: is not a known key; did you mean 'epochs'?\n"
        f"{config}:4:11: layers[0].lstm: layer 1 (LSTM) cannot be built: lstm needs "
        "examples of shape (steps, features), gets 28x28x1\n"
    )
    # What a default would be warned of is not the user's fault.
    config.write_text(head + last.replace("softmax", "linear") + "loss: mean\n")
    assert len(beenet("check", str(config)).stderr.splitlines()) == 2
    config.write_text("dataset: MNIST\ntraining: {epoch: 3}\n")
    assert len(beenet("check", str(config)).stderr.splitlines()) == 2
    # Nor is what is missing because it could not be read.
    crops = "preprocessing: [{crop_center: {shape: [20, 20], foo: 1}}]\n"
    more = "augmentation: [{random_crop: {crop_shape: [20, 20]}}]\n"
    config.write_text(head.replace("epoch:", "epochs:") + last + crops + more)
    (said,) = beenet("check", str(config)).stderr.splitlines()
    assert "foo: is not a known key" in said


def test_check_reads_the_shape_of_ones_own_data_where_they_are(beenet, tmp_path):
    one = "layers[4].fully_connected.n_units=1"
    result = beenet("check", "tiny.yaml", "-o", one)
    assert result.exit_code == 2
    assert "has shape 1, but" in result.stderr
    away = ("-o", f"dataset.path={tmp_path}/away")
    result = beenet("check", "tiny.yaml", "-o", one, *away)
    assert (result.exit_code, result.stdout) == (
        0,
        f"tiny.yaml: ok, but for shapes: {tmp_path}/away is not here\n",
    )
    (tmp_path / "away").mkdir()
    result = beenet("check", "tiny.yaml", *away)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"tiny.yaml: {tmp_path}/away: holds none of the")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_an_output_that_cannot_be_written_is_one_line():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "beenet", "data", "info", "MNIST"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (done.returncode, done.stderr) == (
        1,
        "Error: cannot write the output: No space left on device\n",
    )


def test_schema_is_json(beenet):
    assert json.loads(beenet("schema").stdout)["title"] == "beenet config"


BAD_TEXTS = {
    "a syntax error": (
        "a: [1\nb: 2\n",
        "bad.yaml:2:2: is not YAML: a [ or { is not closed",
    ),
    "a tab": ("dataset: MNIST\n\tlayers: []\n", "bad.yaml:2:1: a tab cannot indent"),
    "nothing": ("", "bad.yaml:1:1: is empty"),
    "a list": ("- dataset: MNIST\n", "bad.yaml:1:1: must be a mapping with keys such"),
    "an unknown layer": (
        "dataset: MNIST\nlayers:\n  - conv_2e: {nb_filter: 1, filter_size: 1}\n",
        'bad.yaml:3:5: layers[0]: is not a layer that beenet knows, got "conv_2e"; '
        "did you mean 'conv_2d'?",
    ),
    "a wrong type": (
        "dataset: MNIST\nlayers: [{fully_connected: {n_units: ten}}]\n",
        "bad.yaml:2:38: layers[0].fully_connected.n_units: must be a whole number, "
        'got "ten"',
    ),
    "a shape that cannot be": (
        "dataset: MNIST\nlayers: [{conv_1d: {nb_filter: 3, filter_size: 3}}]\n",
        "bad.yaml:2:20: layers[0].conv_1d: layer 1 (Conv1D) cannot be built: conv_1d "
        "needs examples of shape (steps, channels), gets 28x28x1",
    ),
}


@pytest.mark.parametrize("what", BAD_TEXTS)
def test_a_bad_config_is_one_line_exit_2_and_nothing_left(
    beenet, tmp_path, what, monkeypatch
):
    text, line = BAD_TEXTS[what]
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text(text)
    result = CliRunner().invoke(main, ["train", "bad.yaml"])
    assert result.exit_code == 2
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""
    assert os.listdir() == ["bad.yaml"]


BAD_CALLS = {
    "a missing config": (("train", "no.yaml"), 2, "File 'no.yaml' does not exist."),
    "no set to add": (
        ("data", "add", "BEE1", "no"),
        2,
        "Error: no: no such folder or zip file",
    ),
    "nothing to build": (
        ("data", "build", "no", "--out", "own"),
        2,
        "Error: no: no such folder or CSV file",
    ),
    "a missing set": (
        ("train", "tiny.yaml", "-o", "dataset=BEE4"),
        1,
        "Error: BEE4 is not installed: `beenet data add BEE4 PATH` installs it",
    ),
    "a missing GPU": (
        ("train", "tiny.yaml", "--device", "gpu:3"),
        1,
        "Error: device gpu:3 was asked for, but this machine has only: cpu",
    ),
    "no device": (
        ("train", "tiny.yaml", "--device", "tpu"),
        2,
        "Invalid value for '--device': must be auto, cpu, gpu or gpu:N, got 'tpu'",
    ),
    "no device in the config": (
        ("train", "tiny.yaml", "-o", "training.device=tpu"),
        2,
        'training.device: must be auto, cpu, gpu or gpu:N, got "tpu"',
    ),
    "a missing model": (
        ("eval", "no.tfl"),
        2,
        "Error: there is no saved model at no.tfl",
    ),
    "no model": (
        ("eval", "tiny.yaml"),
        2,
        "Error: tiny.yaml is not a model; `beenet train` makes one of a config",
    ),
    "no number": (
        ("predict", "no.tfl", "x.wav", "--seconds", "nan"),
        2,
        "Invalid value for '--seconds': must be a number, got nan",
    ),
    "an unknown flag": (("train", "tiny.yaml", "--epochs", "3"), 2, "No such option"),
    "an unknown command": (("trian",), 2, "No such command 'trian'"),
}


@pytest.mark.parametrize("what", BAD_CALLS)
def test_a_bad_call_says_so_and_leaves_nothing(beenet, tmp_path, what):
    arguments, code, words = BAD_CALLS[what]
    more = ("--runs", tmp_path / "runs") if arguments[0] == "train" else ()
    result = beenet(*arguments, *more)
    assert result.exit_code == code
    assert words in result.stderr
    assert not (tmp_path / "runs").exists()


def test_a_model_that_does_not_fit_names_the_first_variable(beenet, trained, tmp_path):
    config = Path("other.yaml")
    config.write_text(Path("tiny.yaml").read_text().replace("n_units: 8", "n_units: 9"))
    result = beenet("eval", trained, "--config", config)
    assert (result.exit_code, result.stderr) == (
        1,
        f"Error: {trained / 'model.tfl'} does not fit the config: its variable fc/W is "
        "[64, 8], the config's is [64, 9]\n",
    )


def test_a_folder_that_cannot_be_made_is_one_line(beenet, tmp_path):
    (tmp_path / "file").touch()
    result = beenet("train", "tiny.yaml", "--run-dir", tmp_path / "file" / "run")
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: cannot write {tmp_path / 'file' / 'run'}: Not a directory; choose "
        "another place with --runs or --run-dir\n"
    )


def process(folder, *arguments, limit=None):
    """Start beenet as a shell would."""

    def prepare():
        if limit is not None:
            import resource

            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [sys.executable, "-m", "beenet", *map(str, arguments)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=prepare,
    )


@pytest.mark.slow  # of the quick ones, test_full_disk tries every write
def test_no_room_for_the_model_is_one_line_and_leaves_nothing(tiny_data, tmp_path):
    """A real limit on the size of a file stands in for a full disk."""
    run = process(tiny_data, "train", "tiny.yaml", "-q", "--runs", tmp_path, limit=4000)
    out, err = run.communicate(timeout=100)
    assert (run.returncode, out) == (1, "")
    assert err == (
        f"Error: cannot write {tmp_path / 'tiny'}: File too large; free some room or "
        "choose another place with --runs or --run-dir\n"
    )
    assert os.listdir(tmp_path) == []


def test_ctrl_c_says_what_is_kept_and_the_run_goes_on(tiny_data, tmp_path):
    train = ("train", "tiny.yaml", "--runs", tmp_path, "-o", "training.epochs=100000")
    run = process(tiny_data, *train)
    for line in run.stderr:
        if line.startswith("epoch 3/"):
            break
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (130, "")
    assert re.fullmatch(
        r"Error: interrupted at epoch \d+(, step 8)?; the same command resumes from "
        "there",
        err.splitlines()[-1],
    )
    again = process(tiny_data, *train)
    assert again.stderr.readline() == "tiny: data, 60 examples, on cpu, 1 thread\n"
    assert again.stderr.readline().startswith("going on after epoch ")
    again.kill()
    again.communicate()


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), slow(signal.SIGTERM, 143)],
)
def test_a_stop_while_loading_is_one_line(tiny_data, tmp_path, number, code):
    run = process(tiny_data, "train", "tiny.yaml", "--runs", tmp_path)
    loaded = Path(f"/proc/{run.pid}/maps")
    while "libtensorflow" not in loaded.read_text():  # it is inside that import
        assert run.poll() is None
    run.send_signal(number)
    _, err = run.communicate(timeout=60)
    assert run.returncode == code
    assert err.splitlines()[-1] == "Error: interrupted"
    assert "Traceback" not in err
    assert os.listdir(tmp_path) == []


def test_eval_renames_layers(beenet, trained, tmp_path):
    config = tmp_path / "other.yaml"
    text = (trained / "config.yaml").read_text().replace("name: fc\n", "name: hidden\n")
    config.write_text(text.replace("path: data", f"path: {Path('data').resolve()}"))
    plain = beenet("eval", trained, "--json")
    result = beenet("eval", trained, "--config", config)
    assert result.exit_code == 1
    assert result.stderr.endswith("has that shape: --rename fc=hidden\n")
    renamed = ("eval", trained, "--config", config, "--rename")
    result = beenet(*renamed, "fc=hidden", "--json")
    assert json.loads(result.stdout)["scores"] == json.loads(plain.stdout)["scores"]
    result = beenet(*renamed, "fc")
    assert result.exit_code == 2
    assert "must be OLD=NEW, got 'fc'" in result.stderr
