"""Statistics of preprocessing: in the graph, in the `.tfl`, and missing from it."""

import numpy as np
import pytest

from beenet.engine import predict
from beenet.errors import NetworkError
from beenet.network.build import build
from beenet.network.saved import (
    read_variables,
    restore_training,
    restore_weights,
    save_model,
)

X = np.random.default_rng(3).random((20, 8, 8, 1), dtype=np.float32)
CENTERED = "preprocessing=[{featurewise_zero_center: {per_channel: true}}]"


def network_of(tiny, *overrides):
    return build(tiny(*overrides).config, (8, 8, 1), 3)


def test_without_preprocessing_the_graph_has_none(tiny):
    with network_of(tiny) as network:
        assert network.preprocessor is None
        assert not [name for name in network.variables() if "Preproc" in name]


def test_statistics_travel_in_the_file_and_are_not_computed_again(tiny, tmp_path):
    prefix = tmp_path / "a.tfl"
    with network_of(tiny, CENTERED) as network:
        network.preprocessor.fit(network.session, X)
        before = predict(network, X)
        save_model(network, prefix)
    there = read_variables(prefix)
    np.testing.assert_allclose(there["DataPreprocessing/mean"], [X.mean()], rtol=1e-6)
    assert there["DataPreprocessing/mean_r"]
    assert not there["DataPreprocessing/std_r"]
    with network_of(tiny, CENTERED) as network:
        restore_training(network, prefix)
        network.preprocessor.fit(network.session, X + 5)
        np.testing.assert_array_equal(predict(network, X), before)


def test_tflearns_own_predict_agrees(tiny):
    methods = "preprocessing=[featurewise_zero_center, samplewise_stdnorm]"
    with network_of(tiny, methods) as network:
        network.preprocessor.fit(network.session, X)
        ours = predict(network, X)
        theirs = network.model.predict(X.copy())  # TFLearn's changes what it is given
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_whitening_and_a_crop_are_saved_and_fed(tiny, tmp_path):
    methods = "preprocessing=[zca_whitening, {crop_center: {shape: [6, 6]}}]"
    prefix = tmp_path / "a.tfl"
    with network_of(tiny, methods) as network:
        assert network.x.shape.as_list() == [None, 6, 6, 1]
        network.preprocessor.fit(network.session, X)
        before = predict(network, X)
        save_model(network, prefix)
    assert read_variables(prefix)["DataPreprocessing/pc"].shape == (64, 64)
    with network_of(tiny, methods) as network:
        restore_weights(network, prefix)
        np.testing.assert_array_equal(predict(network, X), before)


def test_a_given_mean_needs_no_file_and_no_data(tiny, tmp_path):
    with network_of(tiny) as network:
        save_model(network, tmp_path / "plain.tfl")
        plain = predict(network, X - np.float32(0.25))
    with network_of(
        tiny, "preprocessing=[{featurewise_zero_center: {mean: 0.25}}]"
    ) as network:
        restore_weights(network, tmp_path / "plain.tfl")
        np.testing.assert_array_equal(predict(network, X), plain)


def test_what_was_never_computed_is_said(tiny, tmp_path):
    with network_of(tiny, CENTERED) as network:
        save_model(network, tmp_path / "a.tfl")
        with pytest.raises(NetworkError, match="needs the mean of the train split"):
            predict(network, X)
    with network_of(tiny) as network:
        save_model(network, tmp_path / "plain.tfl")
    with (
        network_of(tiny, CENTERED) as network,
        pytest.raises(NetworkError, match="no variable DataPreprocessing/mean"),
    ):
        restore_weights(network, tmp_path / "plain.tfl")


def test_statistics_of_other_examples_are_refused(tiny):
    with network_of(tiny, CENTERED) as network:
        network.preprocessor.fit(network.session, np.repeat(X, 3, axis=3))
        with pytest.raises(NetworkError, match=r"mean has shape \[3\], which does not"):
            predict(network, X)
