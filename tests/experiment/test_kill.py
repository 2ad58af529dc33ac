"""kill -9, at every write and at any moment: the same bytes, nothing half-written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs fork")

CONFIG = """\
name: hard
dataset: {path: data, classes: [LIGHT, DARK, STRIPED]}
augmentation: [random_flip_updown]
layers:
  - conv_2d: {nb_filter: 4, filter_size: 3, activation: relu}
  - batch_normalization
  - dropout: {keep_prob: 0.8}
  - fully_connected: {n_units: 3, activation: softmax}
optimizer: adam
training:
  epochs: EPOCHS
  batch_size: 7
  seed: 5
  threads: 1
  checkpoint_every: 0.02
  save_best: accuracy
  early_stopping: {patience: 99}
"""


@pytest.fixture
def kill(tiny_data, tmp_path):
    """Run the kill loop; return how many kills there were, having checked the ends."""

    def go(*how, epochs):
        config = tiny_data / f"killed_{epochs}.yaml"
        config.write_text(CONFIG.replace("EPOCHS", str(epochs)))
        script = Path(__file__).with_name("kill_loop.py")
        done = subprocess.run(
            [sys.executable, script, config, tmp_path, *map(str, how)],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
        assert done.returncode == 0, done.stderr
        sys.stdout.write(done.stdout)  # for `pytest -rP`
        result = json.loads(done.stdout)
        assert result["different"] == 0
        # What a killed process was writing is cleared away by the next.
        for folder in tmp_path.iterdir():
            left = {p.name for p in folder.rglob(".*")}
            assert left <= {".lock", ".resume"}
        return result["kills"]

    return go


def test_a_kill_at_some_writes(kill):
    assert kill("writes", 60, epochs=2) >= 1


@pytest.mark.slow
def test_a_kill_at_every_write(kill):
    assert kill("writes", 1, epochs=2) >= 40


@pytest.mark.slow
def test_a_kill_at_every_write_of_a_run_made_longer(kill):
    assert kill("longer", 1, epochs=2) >= 40


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_kills_at_random_moments(kill, seed):
    assert kill("moments", 1.2, seed, epochs=16) >= 3
