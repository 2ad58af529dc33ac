"""What an exported network does to examples is what beenet does to them."""

import numpy as np

from beenet.engine import predict
from beenet.export import savedmodel
from beenet.export.frozen import freeze
from beenet.export.script import Subject, script
from beenet.network.build import build
from beenet.network.saved import save_model

METHODS = (
    "preprocessing=[image_normalization, "
    "{featurewise_zero_center: {per_channel: true}}, featurewise_stdnorm, "
    "samplewise_zero_center, samplewise_stdnorm, zca_whitening, "
    "{crop_center: {shape: [6, 6]}}]"
)
CODE = """\
    preprocessing = ImagePreprocessing()
    preprocessing.add_image_normalization()
    preprocessing.add_featurewise_zero_center(per_channel=True)
    preprocessing.add_featurewise_stdnorm()
    preprocessing.add_samplewise_zero_center()
    preprocessing.add_samplewise_stdnorm()
    preprocessing.add_zca_whitening()
    preprocessing.add_crop_center([6, 6])
    network = input_data(shape=[None, 6, 6, 1], data_preprocessing=preprocessing)
"""


def test_all_methods_are_in_the_graph_and_in_the_script(tiny, tmp_path):
    config = tiny(METHODS).config
    x = np.random.default_rng(4).random((20, 8, 8, 1), dtype=np.float32)
    with build(config, (8, 8, 1), 3) as network:
        network.preprocessor.fit(network.session, x * 3)
        feed = {
            network.x: x[:, 1:7, 1:7] - 0.5,
            network.y: np.eye(3)[np.arange(20) % 3],
        }
        for _ in range(50):
            network.session.run(network.train_op.train, feed)
        ours = predict(network, x)
        frozen = freeze(network, config, (8, 8, 1))
        save_model(network, tmp_path / "model.tfl")
    assert np.ptp(ours) > 0.1
    savedmodel.write(frozen, ("A", "B", "C"), tmp_path / "net")
    answers = savedmodel.run(tmp_path / "net", x)
    np.testing.assert_allclose(answers, ours, atol=1e-4)

    text = script(Subject(config, "data", (8, 8, 1), ("A", "B", "C"), "model.tfl"))
    assert text.partition('output."""\n')[2].startswith(CODE)
    names: dict = {}
    exec(text.partition("if __name__")[0], names)
    theirs = names["load_tiny"](str(tmp_path / "model.tfl")).predict(x)
    np.testing.assert_allclose(theirs, ours, atol=1e-4)
