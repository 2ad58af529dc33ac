"""`beenet predict` as a user types it."""

import csv
import io
import json
import os

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from beenet.cli import main


@pytest.fixture(scope="module")
def model(tiny_data, tmp_path_factory):
    run = tmp_path_factory.mktemp("predict") / "run"
    config = str(tiny_data / "tiny.yaml")
    arguments = ["train", config, "-q", "--run-dir", str(run)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    return run


@pytest.fixture
def predict(model, tmp_path, monkeypatch):
    """Run `beenet predict` in a folder with two pictures and an array."""
    monkeypatch.chdir(tmp_path)
    Image.new("L", (8, 8), 240).save("light.png")
    Image.new("RGB", (30, 20), (9, 9, 9)).save("dark.jpg")
    np.save("rows.npy", np.stack([np.full((8, 8), v, np.uint8) for v in (240, 9)]))

    def run(*arguments, stdin=None):
        return CliRunner().invoke(
            main, ["predict", str(model), *arguments], input=stdin
        )

    return run


NOTE = (
    "pictures are read by beenet's own recipe: how the data set was made is not known "
    "in every step (docs/predict.md)\n"
)


def test_a_table_has_a_line_a_picture(predict):
    result = predict("light.png", "dark.jpg")
    assert (result.exit_code, result.stderr) == (0, NOTE)
    head, light, dark = result.stdout.splitlines()
    assert head.split() == ["file", "class", "probability", "LIGHT", "DARK", "STRIPED"]
    assert light.split()[0] == "light.png"
    assert light.split()[1] == "LIGHT"
    assert dark.split()[0] == "dark.jpg"
    assert max(light.split()[3:]) == light.split()[2]


def test_an_array_has_a_line_a_row(predict):
    rows = [line.split() for line in predict("rows.npy", "-q").stdout.splitlines()]
    assert rows[0][:3] == ["file", "at", "class"]
    assert [row[:3] for row in rows[1:]] == [
        ["rows.npy", "row", str(i)] for i in (0, 1)
    ]


def test_csv_and_json_say_the_same_with_more_digits(predict):
    files = ("light.png", "rows.npy")
    table = list(csv.DictReader(io.StringIO(predict(*files, "--csv", "-q").stdout)))
    assert [row["row"] for row in table] == ["", "0", "1"]
    document = json.loads(predict(*files, "--json").stdout)
    assert document["classes"] == ["LIGHT", "DARK", "STRIPED"]
    assert document["recipe"]["channels"] == "gray"
    light, array = document["files"]
    assert float(table[0]["LIGHT"]) == pytest.approx(light["probabilities"]["LIGHT"])
    assert [row["row"] for row in array["rows"]] == [0, 1]
    assert table[1]["class"] == array["rows"][0]["class"]


def test_stdin_is_one_file(predict, tmp_path):
    content = (tmp_path / "light.png").read_bytes()
    named = predict("light.png", "--json").stdout.replace("light.png", "-")
    assert predict("-", "--json", stdin=content).stdout == named
    result = predict("-", stdin=b"nothing much")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: -: is not an image that can be read\n"
    assert predict("light.png").stderr == NOTE
    assert predict("rows.npy").stderr == "", "an array is as the net takes it"


def test_bad_files_are_a_line_each_and_exit_1(predict, tmp_path):
    (tmp_path / "empty.png").touch()
    (tmp_path / "odd").write_bytes(b"RIFF\0\0\0\0WAVE")
    result = predict("-q", "empty.png", "odd", "light.png", "missing.png")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    assert result.stderr.splitlines() == [
        "Error: empty.png: is empty",
        "Error: odd: is WAV audio; pictures are read",
        "Error: missing.png: cannot be read: No such file or directory",
    ]
    document = json.loads(predict("empty.png", "--json").stdout)
    assert document["files"] == [{"file": "empty.png", "error": "empty.png: is empty"}]


def test_options_that_do_not_apply_say_so(predict, model):
    result = predict("light.png", "--channels", "rgb")
    assert (result.exit_code, result.stderr) == (
        2,
        f"Error: {model / 'model.tfl'}: gray pictures cannot become rgb ones: the net "
        "takes 1 channel\n",
    )
    assert predict("light.png", "--csv", "--json").exit_code == 2


def test_a_name_that_is_no_text_is_shown_all_the_same(predict, tmp_path):
    Image.new("L", (8, 8)).save(tmp_path / "b\udcff.png")
    result = predict("-q", ".")
    assert result.exit_code == 0
    assert "b\ufffd.png" in result.stdout


def test_a_name_cannot_command_the_terminal(predict, tmp_path):
    for name in ("esc\x1b[31m.png", "two\nlines.png"):
        Image.new("L", (8, 8)).save(tmp_path / name)
    lines = predict("-q", "esc\x1b[31m.png", "two\nlines.png").stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [
        "esc\\x1b[31m.png",
        "two\\nlines.png",
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_told_to_come_by_stdin(predict, tmp_path):
    os.mkfifo(tmp_path / "p.png")
    result = predict("-q", "p.png")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: p.png: is a pipe; `beenet predict MODEL -` reads one\n",
    )


def test_folders_that_links_lead_to_are_read_once(predict, tmp_path):
    (tmp_path / "all").mkdir()
    (tmp_path / "elsewhere").mkdir()
    Image.new("L", (8, 8)).save(tmp_path / "elsewhere/x.png")
    (tmp_path / "all/a").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "all/b").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "all/self").symlink_to(tmp_path / "all")
    lines = predict("-q", "all").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["file", "all/a/x.png"]
