"""Every shipped config is read, is not found fault with, and takes a step."""

import re
from pathlib import Path

import numpy as np
import pytest

from beenet.config import lint, load_config

ROOT = Path(__file__).parents[1]
CONFIGS = ROOT / "configs"
SHIPPED = sorted(
    path.relative_to(CONFIGS).as_posix() for path in CONFIGS.rglob("*.yaml")
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

each = pytest.mark.parametrize("shipped", SHIPPED)


def test_each_of_the_lectures_nets_is_shipped() -> None:
    assert {shipped.removesuffix(".yaml") for shipped in SHIPPED} >= LECTURE.keys()


@each
def test_a_shipped_config_has_no_fault(shipped: str) -> None:
    loaded = load_config(CONFIGS / shipped)
    dataset = loaded.config.dataset
    assert lint(loaded, dataset.shape, dataset.n_classes) == []


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
        if given.get("activation").tflearn_name == "softmax":
            assert layer is trained[-1]
            assert given["weights_init"].tflearn_name == "zeros"
            assert given["bias_init"].tflearn_name == "zeros"
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


@each
def test_a_shipped_config_takes_a_step(shipped: str) -> None:
    from beenet.network.build import build

    config = load_config(CONFIGS / shipped).config
    shape, n_classes = config.dataset.shape, config.dataset.n_classes
    assert shape is not None
    rng = np.random.default_rng(1)
    x = rng.random((4, *shape), dtype=np.float32)
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
