"""`beenet data audit` as a user types it."""

import json
import textwrap

import numpy as np
import pytest
from click.testing import CliRunner

from beenet.cli import main


@pytest.fixture
def beenet(tiny_data, monkeypatch):
    """Run beenet in the folder of the tiny data."""
    monkeypatch.chdir(tiny_data)
    return lambda *arguments: CliRunner().invoke(main, list(map(str, arguments)))


CLASSES = ("--classes", "LIGHT,DARK,STRIPED")


def test_the_whole_text(beenet):
    result = beenet("data", "audit", "data", *CLASSES)
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines() == [
        "data: reading 114 examples",
        "data: comparing all with all",
        "data: comparing its splits",
    ]
    assert result.stdout == textwrap.dedent("""\
        data: 114 pictures of 8x8x1

        note   too few examples to say whether test differs from train
        note   too few examples to say whether valid differs from train
        ok     no copy of an example of valid was found in train
        ok     no copy of an example of test was found in train
        ok     no copy of an example of valid was found in test
        ok     no two examples were found that are the same, or nearly
        ok     no example is constant or clipped

        split   n  lowest  highest   mean  deviation  constant  clipped
        train  60   0.000    0.976  0.489      0.379         0        0
        test   24   0.000    0.976  0.485      0.380         0        0
        valid  30   0.000    0.976  0.487      0.380         0        0

        class    train     %  test     %  valid     %  copies r >=
        LIGHT       20  33.3     8  33.3     10  33.3        0.950
        DARK        20  33.3     8  33.3     10  33.3        0.950
        STRIPED     20  33.3     8  33.3     10  33.3        0.995

        also in another row of, exactly + nearly
               train   test  valid
        train  0 + 0  0 + 0  0 + 0
        test   0 + 0  0 + 0  0 + 0
        valid  0 + 0  0 + 0  0 + 0

        the most similar pairs that are not taken for copies
        test 10 (STRIPED)   train 12 (STRIPED)  r 0.9805
        train 54 (STRIPED)  train 39 (STRIPED)  r 0.9797
        valid 8 (STRIPED)   train 13 (STRIPED)  r 0.9792
        test 3 (STRIPED)    train 11 (STRIPED)  r 0.9788
        valid 25 (STRIPED)  train 56 (STRIPED)  r 0.9787
        test 7 (STRIPED)    train 2 (STRIPED)   r 0.9778
        valid 8 (STRIPED)   test 7 (STRIPED)    r 0.9776
        valid 15 (STRIPED)  valid 4 (STRIPED)   r 0.9774
        test 13 (STRIPED)   train 24 (STRIPED)  r 0.9773
        valid 12 (STRIPED)  test 3 (STRIPED)    r 0.9770
    """)


def test_json_is_plain_and_quiet_is_quiet(beenet):
    result = beenet("data", "audit", "data", *CLASSES, "--json", "-q")
    assert result.stderr == ""
    found = json.loads(result.stdout)
    assert found["title"] == "data"
    assert found["splits"]["train"]["balance"] == {
        "LIGHT": 20,
        "DARK": 20,
        "STRIPED": 20,
    }
    assert set(found["separation"]) == {"test", "valid"}


def test_a_page_is_written_whole(beenet, tmp_path):
    page = tmp_path / "audit.html"
    result = beenet("data", "audit", "data", *CLASSES, "--html", page, "-q")
    assert result.exit_code == 0
    assert page.read_text("utf-8").endswith("</body>\n</html>")
    config = tmp_path / "bees.yaml"
    config.write_text("name: bees")
    result = beenet("data", "audit", "data", *CLASSES, "-q", "--html", config)
    assert result.exit_code == 2
    assert "is there already, and is no page; choose another name" in result.stderr
    assert config.read_text() == "name: bees"
    result = beenet("data", "audit", "data", *CLASSES, "-q", "--html", "no/audit.html")
    assert result.exit_code == 2
    assert result.stderr.endswith(
        "Error: Invalid value for '--html': there is no folder 'no' to write into\n"
    )
    assert "reading" not in result.stderr  # nothing was done in vain
    result = beenet("data", "audit", "data", *CLASSES, "-q", "--html", "-")
    assert result.stderr.endswith("'--html': is written to a file; name one\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["BEE1"], "BEE1 is not installed: `beenet data add BEE1 PATH` installs it"),
        (["MNITS"], "no data set is called 'MNITS'; did you mean MNIST?"),
        (["data"], "data: your own data need their class names, in one-hot order"),
        (["data", "--classes", "A,B"], "data/train_Y.pck"),
        (["MNIST", "--classes", "A,B"], "MNIST has the classes 0, 1, 2, 3, 4, 5, 6, 7"),
    ],
    ids=["missing", "misspelt", "no classes", "too few classes", "other classes"],
)
def test_bad_input_is_one_clear_line(beenet, arguments, message):
    result = beenet("data", "audit", *arguments)
    assert result.exit_code == (2 if "MNITS" in arguments else 1)
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_values_that_cannot_be_read_are_said(beenet, tmp_path, tiny_data):
    import pickle
    import shutil

    folder = tmp_path / "nan"
    shutil.copytree(tiny_data / "data", folder)
    x = pickle.loads((folder / "test_X.pck").read_bytes())
    x[3] = np.nan
    (folder / "test_X.pck").write_bytes(pickle.dumps(x, 3))
    result = beenet("data", "audit", folder, *CLASSES, "-q")
    assert result.exit_code == 1
    assert "row 3 holds NaN" in result.stderr


def test_tensorflow_is_not_loaded(beenet, tmp_path):
    import subprocess
    import sys

    page = str(tmp_path / "page.html")
    code = (
        "import sys\nfrom beenet.cli import main\n"
        f"main(['data', 'audit', 'data', '--html', {page!r}, *{CLASSES!r}],"
        " standalone_mode=False)\n"
        "loaded = {'tensorflow', 'tflearn', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(f'loaded {loaded}' if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
