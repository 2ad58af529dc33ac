"""The Makefile's own rules, with a beenet that only notes what it is called with."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BEENET = """\
#!/bin/sh
for word in "$@"; do echo "$word" >> called; done
if [ "$1" = train ]; then mkdir -p "$4"; touch "$4/metrics.json"; fi
"""

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="there is no make")


@pytest.fixture
def make(tmp_path):
    """Return a function that runs make in a folder with two configs and a sweep."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/.ready").touch()
    (tmp_path / ".venv/bin/beenet").write_text(BEENET)
    (tmp_path / ".venv/bin/beenet").chmod(0o755)
    for name in ("mine.yaml", "configs/a/x.yaml", "configs/a/y.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "configs/sweeps").mkdir()
    (tmp_path / "configs/sweeps/s.yaml").touch()

    def make(*words):
        done = subprocess.run(
            ["make", *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        called = tmp_path / "called"
        return done, called.read_text().splitlines() if called.exists() else []

    return make


@pytest.mark.parametrize("name", ["my dir/a b.yaml", "it's.yaml", "a;b.yaml"])
def test_a_sweep_may_have_any_name(make, name):
    done, called = make("sweep", f"SWEEP={name}")
    assert (done.returncode, called) == (0, ["sweep", name])


@pytest.mark.parametrize(
    "configs", ["configs/*/*.yaml", "./configs/a/x.yaml configs/a/y.yaml"]
)
def test_all_configs_are_trained_and_no_sweep(make, configs):
    done, called = make("runs", f"CONFIGS={configs}")
    assert done.returncode == 0, done.stderr
    trained = ["configs/a/x.yaml", "configs/a/y.yaml"]
    assert [word for word in called if word.endswith(".yaml")] == trained


@pytest.mark.parametrize("other", ["nope.yaml", "mine.yaml", "configs/sweeps/s.yaml"])
def test_what_cannot_be_trained_is_told_before_anything_is(make, other):
    done, called = make("runs", f"CONFIGS=configs/a/x.yaml {other}")
    assert done.returncode == 2
    assert f"no config below configs/ is {other}; train others by" in done.stderr
    assert called == []
