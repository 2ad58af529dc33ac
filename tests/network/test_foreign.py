"""A checkpoint that someone else trained with plain TFLearn in 2019, on real bees."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from beenet.config import load_config
from beenet.engine import predict
from beenet.network.build import build
from beenet.network.saved import read_variables, restore_training, restore_weights

# Lent for tests, beside the checkout; nothing of it is in the repository.
LENT = Path(__file__).parents[3] / "shared" / "data"
CHECKPOINT = LENT / "tflearn_checkpoint" / "bee1_conv_model"
CROPS = LENT / "bee_crops"

CONFIG = """\
dataset: {path: data, classes: [BEE, NO_BEE]}
layers:
  - conv_2d: {nb_filter: 32, filter_size: 5, activation: relu}
  - max_pool_2d: {kernel_size: 5}
  - conv_2d: {nb_filter: 64, filter_size: 5, activation: relu}
  - max_pool_2d: {kernel_size: 5}
  - fully_connected: {n_units: 2, activation: softmax}
optimizer: adam
"""

pytestmark = pytest.mark.skipif(
    not CHECKPOINT.with_suffix(".index").exists(),
    reason="the lent checkpoint is not beside the checkout",
)


@pytest.fixture
def network(tmp_path):
    (tmp_path / "c.yaml").write_text(CONFIG)
    with build(load_config(tmp_path / "c.yaml").config, (32, 32, 1), 2) as network:
        yield network


def test_all_its_variables_have_our_names_and_shapes(network):
    there = read_variables(CHECKPOINT)
    ours = {name: tuple(v.shape) for name, v in network.variables().items()}
    assert {name: value.shape for name, value in there.items()} == ours
    restore_training(network, CHECKPOINT)
    restored = network.session.run(network.variables())
    for name, value in there.items():
        assert np.array_equal(restored[name], value), name


@pytest.mark.skipif(not CROPS.exists(), reason="the lent crops are not there")
def test_it_tells_bees_of_another_hive_from_background(network):
    restore_weights(network, CHECKPOINT)
    files = sorted(CROPS.rglob("*.png"))
    x = np.stack(
        [np.asarray(Image.open(f).convert("L").resize((32, 32))) for f in files]
    )
    is_bee = np.array([f.parent.name == "BEE" for f in files])
    said_bee = predict(network, x[..., np.newaxis]).argmax(axis=1) == 0
    baseline = max(is_bee.mean(), 1 - is_bee.mean())
    assert np.mean(said_bee == is_bee) > baseline + 0.05
