"""Layers of other packages are built by TFLearn's `custom_layer`, and trained."""

import numpy as np
import pytest

from beenet.config import load_config
from beenet.errors import ExportError, NetworkError
from beenet.export.layer_code import Calls
from beenet.network.build import build
from beenet.network.saved import restore_weights, save_model

TEXT = """\
dataset: {path: x, classes: [a, b]}
layers:
  - every: {step: 3, name: thin}
  - fully_connected: {n_units: 2, activation: softmax}
"""


@pytest.fixture
def config(tmp_path, install_layer):
    def installed(**parts):
        install_layer(**parts)
        (tmp_path / "c.yaml").write_text(TEXT)
        return load_config(tmp_path / "c.yaml").config

    return installed


def test_it_is_built_with_its_arguments_and_learns(config):
    with build(config(), (10,), 2) as network:
        assert network.graph.get_operation_by_name("thin/Mul")
        feed = {network.x: np.ones((4, 10)), network.y: np.eye(2)[[0, 1, 1, 1]]}
        before = network.session.run(network.variables()["scale"])
        network.session.run(network.train_op.apply_grad, feed)
        assert network.session.run(network.variables()["scale"]) != before


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"building": "import missing_module"},
         "every_building:build cannot be loaded: ModuleNotFoundError: No module named "
         "'missing_module'"),
        ({"building": ("::step", "::2")},
         "every_building:build makes 5 of each example, where the layer's output_shape "
         "says 4"),
        ({"building": ("step, name", "name")},
         "build() got an unexpected keyword argument 'step'"),
    ],
)  # fmt: skip
def test_a_builder_that_fails_is_named(config, parts, reason):
    with pytest.raises(NetworkError) as caught:
        build(config(**parts), (10,), 2)
    assert str(caught.value) == f"layer 1 (thin) cannot be built on 10: {reason}"


def test_a_script_cannot_hold_it(config):
    layer = config().nodes[0].layer
    with pytest.raises(ExportError) as caught:
        Calls().lines("net", layer, "net", 0)
    assert str(caught.value) == (
        "layer thin (every) is not one of TFLearn's: no plain script can build it"
    )


def test_its_weights_are_saved_and_read_back(config, tmp_path):
    """Though its function asks TensorFlow for them, and never told TFLearn."""
    with build(config(), (10,), 2) as network:
        assert "scale" in {variable.op.name for variable in network.weights()}
        values = network.values()
        network.set_values(values | {"scale": np.float32(7.5)})
        save_model(network, tmp_path / "model.tfl")
    with build(config(), (10,), 2) as network:
        restore_weights(network, tmp_path / "model.tfl")
        assert network.values()["scale"] == 7.5
