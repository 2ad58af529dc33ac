"""A small trained network with all that behaves otherwise in training."""

import shutil
from pathlib import Path

import pytest

from beenet.config import load_config
from beenet.experiment import train

CONFIG = """\
name: own/tiny
dataset: {path: data, classes: [LIGHT, DARK, STRIPED]}
layers:
  - conv_2d: {nb_filter: 4, filter_size: 3, activation: {leaky_relu: {alpha: 0.3}}}
  - batch_normalization
  - max_pool_2d: {kernel_size: 2, name: pool}
  - dropout: {keep_prob: 0.8}
  - fully_connected: {n_units: 8, activation: prelu, restore: false}
  - fully_connected: {n_units: 3, activation: softmax, name: out}
optimizer: {momentum: {learning_rate: 0.05}}
training: {epochs: 2, batch_size: 7, seed: 5, threads: 1}
"""


class Silence:
    def __getattr__(self, name):
        return lambda *_: None


@pytest.fixture(scope="session")
def model(tiny_data, tmp_path_factory) -> Path:
    """The run folder of a trained network."""
    folder = tmp_path_factory.mktemp("export")
    shutil.copytree(tiny_data / "data", folder / "data")
    (folder / "own.yaml").write_text(CONFIG)
    loaded = load_config(folder / "own.yaml")
    return train(loaded, folder / "run", reporter=Silence()).path
