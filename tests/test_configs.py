"""Every shipped config is read, is not found fault with, and takes a step."""

import re
from pathlib import Path

import numpy as np
import pytest

from beenet.config import lint, load_config

ROOT = Path(__file__).parents[1]
CONFIGS = ROOT / "configs"
SHIPPED = sorted(
    path.relative_to(CONFIGS).as_posix()
    for path in CONFIGS.rglob("*.yaml")
    if path.parent.name != "sweeps"
)

LECTURE = {
    "mnist/ann_shallow": "98.00 %",
    "mnist/convnet1": "98.85 %",
    "mnist/convnet2": "98.99 %",
    "mnist/convnet3": "99.14 %",
    "mnist/convnet4": "99.27 %",
    "mnist/convnet5": "99.51 %",
    "mnist/tflearn_convnet1": "none",
    "bee1_gray/ann": ".5703",
    "bee2_1s_gray/ann": "none",
    "bee4_gray/ann": "none",
    "bee1/cnn": ".8739",
    "bee2_1s/cnn": "none",
    "bee4/cnn": "none",
    "buzz1/ann": ".4704",
    "buzz1/cnn": ".4157",
    "buzz2/ann": "none",
    "buzz2/cnn": "none",
    "buzz3/ann": "none",
    "buzz3/cnn": "none",
}
"""Each of the lecture's nets, and the figure that its header gives."""

SIGMOID = (
    "an output of sigmoid under categorical_crossentropy, which takes the logarithm of "
    "probabilities; use softmax"
)
WARNED = {
    "architectures/bee_motion/convnet5.yaml": {"softmax", "only 2 units"},
    **{f"architectures/bee_motion/convnet{n}.yaml": {SIGMOID} for n in (7, 8, 9, 10)},
    **{f"architectures/hive_audio/convnet{n}.yaml": {"softmax"} for n in (1, 2, 3)},
}
"""What is built as its authors built it, though it looks like a slip."""

STEPS_IN_A_MOMENT = {"convnet_gs1", "convnet7", "raw_convnet"}
"""Of the architectures; the others have many layers or wide ones."""

each = pytest.mark.parametrize("shipped", SHIPPED)


def test_each_of_the_lectures_nets_is_shipped() -> None:
    assert {shipped.removesuffix(".yaml") for shipped in SHIPPED} >= LECTURE.keys()


@each
def test_a_shipped_config_has_no_fault(shipped: str) -> None:
    loaded = load_config(CONFIGS / shipped)
    dataset = loaded.config.dataset
    found = lint(loaded, dataset.shape, dataset.n_classes)
    assert {finding.severity for finding in found} <= {"warning"}
    words = {finding.fault.text.split(" in the middle ")[0] for finding in found}
    assert words == WARNED.get(shipped, set())


@each
def test_a_shipped_config_is_named_as_its_path(shipped: str) -> None:
    loaded = load_config(CONFIGS / shipped)
    assert loaded.config.name == shipped.removesuffix(".yaml")
    assert ("name",) in loaded.document.keys, "written, not taken from the file's name"


@each
def test_a_shipped_config_says_what_it_is(shipped: str) -> None:
    path = CONFIGS / shipped
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    link = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert link is not None
    assert (path.parent / link[1]).resolve() == CONFIGS / "schema.json"
    header = lines[: next(i for i, line in enumerate(lines) if line[:1] != "#")]
    assert f"#   beenet train configs/{shipped}" in header
    (published,) = [line for line in header if line.startswith("# Published: ")]
    assert LECTURE.get(shipped.removesuffix(".yaml"), "") in published
    assert len(header[1]) > 20
    assert all(len(line) <= 88 for line in lines)


THEANO = [name for name in LECTURE if re.search(r"shallow|/convnet", name)]


@pytest.mark.parametrize("name", THEANO)
def test_a_theano_net_is_what_the_theano_program_builds(name: str) -> None:
    config = load_config(CONFIGS / f"{name}.yaml").config
    assert config.training.clip_gradients == 0
    assert config.training.batch_size == 10
    lmbda = 0.1 if name in {"mnist/convnet3", "mnist/convnet4"} else 0.0
    layers = [node.layer for node in config.nodes]
    trained = [layer for layer in layers if "weights_init" in layer.arguments()]
    for layer in trained:
        given = layer.arguments()
        if given.get("activation").yaml_name == "softmax":
            assert layer is trained[-1]
            assert given["weights_init"].yaml_name == "zeros"
            assert given["bias_init"].yaml_name == "zeros"
        else:
            n_out = given.get("n_units") or given["nb_filter"] * 5 * 5 / (2 * 2)
            assert given["weights_init"].arguments()["mean"] == 0
            assert given["weights_init"].arguments()["stddev"] == pytest.approx(
                n_out**-0.5, rel=1e-6
            )
            assert given["bias_init"].arguments()["stddev"] == 1
        assert given.get("padding", "valid") == "valid"
        decay = given["weight_decay"] if given["regularizer"] == "L2" else 0.0
        # TFLearn adds decay / 2 * sum(w^2), Theano lambda / (2 * batches) * sum(w^2)
        assert decay == pytest.approx(lmbda / (50_000 / 10))


@pytest.mark.parametrize(
    "shipped",
    [
        pytest.param(name, marks=pytest.mark.slow)
        if name.startswith("architectures") and Path(name).stem not in STEPS_IN_A_MOMENT
        else name
        for name in SHIPPED
    ],
)
def test_a_shipped_config_takes_a_step(shipped: str) -> None:
    from beenet.network.build import build

    config = load_config(CONFIGS / shipped).config
    shape, n_classes = config.dataset.shape, config.dataset.n_classes
    assert shape is not None
    rng = np.random.default_rng(1)
    x = rng.random((4, *config.input_shape(shape)), dtype=np.float32)
    y = np.eye(n_classes, dtype=np.float32)[np.arange(4) % n_classes]
    with build(config, shape, n_classes) as network:
        network.set_training(True)
        feed = {network.x: x, network.y: y}
        loss = [network.train_op.loss]
        (before,) = network.session.run(loss, feed)
        network.session.run(network.train_op.apply_grad, feed)
        (after,) = network.session.run(loss, feed)
    assert np.isfinite([before, after]).all()
    assert before != after


PARAMETERS = {
    # Known from elsewhere without the last layer, which has two classes here.
    # The article's table 1, with biases: all but the 1,025,000 of its last layer.
    "classic/googlenet": 5_973_552 + 1024 * 2 + 2,
    # Keras's InceptionResNetV2(include_top=False), 54,276,192, and the scales of its
    # 30,272 normalized maps, which Keras leaves out.
    "classic/inception_resnet_v2": 54_276_192 + 30_272 + 1536 * 2 + 2,
    # "1.0M" in the article: convolutions, scales and shifts, the last layer.
    "classic/densenet": 1_016_130,
    # Keras's VGG16(include_top=False), and three layers on its 2x2x512 maps.
    "bee_motion/vgg16": 14_714_688 + 2049 * 4096 + 4097 * 4096 + 4097 * 2,
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow)
        if name.endswith(("v2", "densenet"))
        else name
        for name in PARAMETERS
    ],
)
def test_an_architecture_has_as_many_parameters_as_elsewhere(name: str) -> None:
    from beenet.network.describe import describe

    config = load_config(CONFIGS / f"architectures/{name}.yaml").config
    assert describe(config, (64, 64, 3), name).trainable == PARAMETERS[name]
