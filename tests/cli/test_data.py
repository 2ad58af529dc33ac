"""`beenet data` as a user types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from beenet.cli.data import data
from beenet.errors import DatasetError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "home"
    monkeypatch.setenv("BEENET_DATA", str(place))
    return place


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(data, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def test_list_says_what_is_here_and_how_to_get_the_rest(home: Path) -> None:
    run("synth", "BUZZ1", "--scale", "0.02")
    lines = run("list").stdout.splitlines()
    assert len(lines) == 11
    assert lines[0].split() == ["name", "shape", "train", "test", "valid", "status"]
    assert lines[1].split("  ")[0] == "MNIST"
    assert lines[1].endswith("10,000  10,000  inside beenet")
    assert lines[2].endswith(
        "missing        beenet data add BEE1 PATH  (or: beenet data synth BEE1)"
    )
    assert lines[8].startswith(
        "BUZZ1 (synthetic, scale 0.02)  4000x1x1     140      48"
    )
    assert "the real one: beenet data add BUZZ1 PATH" in lines[8]
    (home / "BUZZ1/test_X.pck").unlink()
    assert (
        run("list")
        .stdout.splitlines()[8]
        .endswith("damaged        beenet data add BUZZ1 PATH --overwrite")
    )


def test_list_as_json() -> None:
    found = {entry["name"]: entry for entry in json.loads(run("list", "--json").stdout)}
    assert len(found) == 10
    assert found["MNIST"]["status"] == "inside beenet"
    assert found["BEE4"]["status"] == "missing"
    assert found["BEE4"]["shape"] == [64, 64, 3]
    assert found["BEE4"]["counts"] == {"train": 28965, "test": 9521, "valid": 16192}


def test_info_of_what_is_missing() -> None:
    assert run("info", "bee_4").stdout.splitlines() == [
        "BEE4",
        "  kind     image",
        "  shape    64x64x3",
        "  classes  BEE, NO_BEE",
        "  status   missing",
        "  get it   beenet data add BEE4 PATH  (or: beenet data synth BEE4)",
        "  train    28,965",
        "  test     9,521",
        "  valid    16,192",
    ]


def test_info_of_what_is_installed_has_the_balance_and_the_hashes(home: Path) -> None:
    run("synth", "BEE2_1S_gray", "--scale", "0.01")
    lines = run("info", "BEE2_1S_gray").stdout.splitlines()
    assert lines[0] == "BEE2_1S_gray (synthetic, scale 0.01)"
    assert f"  where    {home / 'BEE2_1S_gray'}" in lines
    assert "  source   beenet data synth BEE2_1S_gray --scale 0.01 --seed 0" in lines
    assert "  valid    110: BEE 83, NO_BEE 27; always BEE scores 0.7545" in lines
    assert sum(line.startswith("  sha256   ") for line in lines) == 6


def test_info_as_json_has_the_majority_baseline() -> None:
    found = json.loads(run("info", "MNIST", "--json").stdout)
    assert found["balance"]["test"]["1"] == 1135
    assert found["majority"]["test"] == 0.1135
    assert found["synthetic"] is False


def test_synth_tells_its_progress_on_stderr_alone() -> None:
    result = run("synth", "BEE1_gray", "--seed", "3")
    assert result.stdout == "BEE1_gray (synthetic, scale 0.01) is installed\n"
    assert result.stderr.splitlines() == [
        f"BEE1_gray (synthetic): {split}" for split in ("train", "test", "valid")
    ]


def test_a_synthetic_folder_stays_synthetic_when_added_elsewhere(
    home: Path, tmp_path: Path
) -> None:
    run("synth", "BUZZ3")
    other = str(tmp_path / "other")
    result = run("add", "BUZZ3", str(home / "BUZZ3"), "--data-dir", other)
    place = tmp_path / "other/BUZZ3"
    assert result.stdout == f"BUZZ3 (synthetic, scale 0.01) is installed in {place}\n"
    assert "BUZZ3 (synthetic, scale 0.01)" in run("list", "--data-dir", other).stdout


def test_faults_reach_the_main_group_as_beenet_errors(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such folder or zip file"):
        CliRunner().invoke(
            data, ["add", "BEE1", str(tmp_path / "no")], catch_exceptions=False
        )


def test_a_folder_is_no_name_of_a_set(tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        CliRunner().invoke(data, ["synth", str(tmp_path)], catch_exceptions=False)
    assert str(caught.value).startswith(
        f"{tmp_path}: is a folder; here the name of a data set is needed: MNIST, BEE1,"
    )


def test_help_loads_neither_numpy_nor_tensorflow_and_list_no_tensorflow() -> None:
    code = (
        "import sys\n"
        "from beenet.cli.data import data\n"
        "data(['list', '--help'], standalone_mode=False)\n"
        "light = not {'numpy', 'tensorflow'} & set(sys.modules)\n"
        "data(['list'], standalone_mode=False)\n"
        "sys.exit(0 if light and 'tensorflow' not in sys.modules else 1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
