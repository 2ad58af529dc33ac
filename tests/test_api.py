"""beenet from Python, as a notebook or a program uses it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import beenet
from beenet.errors import ConfigError, DatasetError, NetworkError
from beenet.progress import NotebookLines

CONFIG = {
    "name": "from_python",
    "dataset": {"path": "data", "classes": ["LIGHT", "DARK", "STRIPED"]},
    "layers": [
        {"fully_connected": {"n_units": 8, "activation": "relu", "name": "fc"}},
        {"fully_connected": {"n_units": 3, "activation": "softmax", "name": "out"}},
    ],
    "optimizer": {"adam": {"learning_rate": 0.02}},
    "training": {"epochs": 8, "batch_size": 5, "threads": 1},
}


@pytest.fixture(scope="module")
def run(tiny_data, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tiny_data)
        folder = tmp_path_factory.mktemp("api") / "run"
        return beenet.train(CONFIG, run_dir=folder, quiet=True)


@pytest.fixture
def examples():
    return np.random.default_rng(0).integers(0, 256, (9, 8, 8, 1), dtype=np.uint8)


def test_importing_it_loads_nothing_heavy():
    code = (
        "import sys, beenet\n"
        "assert {'train', 'load', 'evaluate', 'Net'} <= set(dir(beenet))\n"
        "heavy = {'tensorflow', 'tflearn', 'numpy', 'pydantic', 'click'}\n"
        "sys.exit(str(heavy & set(sys.modules) or ''))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == ""


def test_all_that_it_offers_is_there():
    for name in beenet.__all__:
        assert getattr(beenet, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        _ = beenet.trian


def test_a_run_stands_for_its_folder(run, examples):
    assert beenet.evaluate(run).scores.accuracy == pytest.approx(
        run.metrics["splits"]["valid"]["accuracy"]
    )
    with beenet.load(run) as net:
        assert len(net.predict(examples)) == 9


def test_a_shipped_config_is_called_by_its_name(tmp_path):
    with pytest.raises(
        ConfigError, match=r"training\.epochs: must be at least 1, got 0"
    ):
        beenet.train(
            "mnist/ann_shallow", run_dir=tmp_path, overrides="training.epochs=0"
        )
    with pytest.raises(ConfigError, match="mnist/ann_deep: No such file"):
        beenet.train("mnist/ann_deep")


def test_a_run_has_its_metrics_its_history_and_its_model(run, tiny_data):
    assert len(run.history) == run.metrics["epochs"] == 8
    valid = run.metrics["splits"]["valid"]
    assert valid["accuracy"] > valid["baseline"]
    assert beenet.evaluate(run.path).scores.accuracy == valid["accuracy"]
    with run.load() as net:
        assert net.model == run.model
        assert net.classes == ("LIGHT", "DARK", "STRIPED")
        assert net.shape == (8, 8, 1)
        assert net.config.training.epochs == 8
        assert Path(net.config.dataset.path) == tiny_data / "data"


def test_bytes_and_shares_of_255_are_the_same(run, examples):
    with beenet.load(run.model) as net:
        probabilities = net.predict(examples)
        assert probabilities.shape == (9, 3)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
        assert np.array_equal(net.predict(examples / 255), probabilities)
        assert net.predict(examples[:0]).shape == (0, 3)


def test_files_are_taken_too(run, examples, tmp_path):
    for i, image in enumerate(examples[:3]):
        Image.fromarray(image[..., 0]).save(tmp_path / f"{i}.png")
    np.save(tmp_path / "x.npy", examples[3:])
    with beenet.load(str(run.model)) as net:
        from_files = net.predict([tmp_path / "x.npy", tmp_path / "1.png"])
        rows = net.predict(examples)[[3, 4, 5, 6, 7, 8, 1]]
        np.testing.assert_allclose(from_files, rows, atol=1e-6)
        np.testing.assert_allclose(
            net.predict(str(tmp_path / "2.png")), net.predict(examples[2:3]), atol=1e-6
        )


def test_layers_may_have_other_names(run, examples, tiny_data, monkeypatch):
    monkeypatch.chdir(tiny_data)
    layers = [
        {kind: arguments | {"name": new}}
        for layer, new in zip(CONFIG["layers"], ("hidden", "last"), strict=True)
        for kind, arguments in layer.items()
    ]
    other = CONFIG | {"layers": layers}
    names = {"fc": "hidden", "out": "last"}
    with run.load() as net, beenet.load(run.path, config=other, names=names) as same:
        np.testing.assert_array_equal(net.predict(examples), same.predict(examples))
    scores = beenet.evaluate(run.path, config=other, names=names).scores
    assert scores.accuracy == run.metrics["splits"]["valid"]["accuracy"]


def test_two_nets_live_side_by_side(run, examples, tiny_data, tmp_path):
    """The same layer names, other weights; loaded while the other is open."""
    with beenet.load(run.path) as first:
        before = first.predict(examples)
        other = beenet.train(
            tiny_data / "tiny.yaml",
            run_dir=tmp_path / "other",
            overrides="training.epochs=1",
            quiet=True,
        )
        with beenet.load(other.path) as second, beenet.load(run.path) as again:
            assert not np.allclose(second.predict(examples), before)
            assert np.array_equal(again.predict(examples), before)
        assert np.array_equal(first.predict(examples), before)


def test_a_mistake_is_a_beenet_error_in_one_line(run, examples, tmp_path):
    with pytest.raises(NetworkError, match="there is no saved model at"):
        beenet.load(tmp_path)
    with pytest.raises(ConfigError) as caught:
        beenet.train({**CONFIG, "optimiser": "sgd"})
    assert str(caught.value) == (
        "config: optimiser: is not a known key; did you mean 'optimizer'?"
    )
    with pytest.raises(ConfigError, match=r"^config: name: is required$"):
        beenet.train({key: CONFIG[key] for key in CONFIG if key != "name"})
    with pytest.raises(ConfigError) as caught:
        beenet.train({**CONFIG, "name": "a\0b"})
    assert str(caught.value) == "config: name: holds a character that is no text"
    with pytest.raises(ConfigError, match="config: must be plain data, got "):
        beenet.train({**CONFIG, "loss": object()})
    with beenet.load(run.path) as net:
        for wrong, words in {
            "one example": (examples[0], "must have the shape n x 8x8x1, got 8x8x1"),
            "whole numbers": (examples.astype(int), "uint8 meaning k/255; got int64"),
            "no number": (
                examples * np.float32("nan"),
                "examples: holds NaN, infinity",
            ),
            "too large": (
                examples * 1e300,
                "examples: holds NaN, infinity or a number",
            ),
            "no array": ([[1.0], [1.0, 2.0]], "examples are no array"),
            "no file": (tmp_path / "no.png", "no.png"),
        }.values():
            with pytest.raises(DatasetError, match=words):
                net.predict(wrong)
    with pytest.raises(NetworkError, match="was closed; load it again"):
        net.predict(examples)
    assert issubclass(NetworkError, beenet.BeenetError)


def test_a_notebook_shows_one_cell_that_changes(tiny, tmp_path):
    from beenet.experiment import train

    shown = []

    class Handle:
        def update(self, content, raw):
            assert raw
            shown.append(content["text/plain"])

    def display(content, raw, display_id):
        assert raw
        assert display_id
        shown.append(content["text/plain"])
        return Handle()

    cell = NotebookLines(display)
    cell.every = 0
    train(tiny(), tmp_path / "run", reporter=cell)
    lines = shown[-1].splitlines()
    assert lines[0] == "tiny: data, 60 examples, on cpu, 1 thread"
    assert [line[:9] for line in lines[1:]] == ["epoch 1/3", "epoch 2/3", "epoch 3/3"]
    moving = [text.splitlines()[-1] for text in shown]
    assert any(line.startswith("epoch 2/3 step 9/9  train loss ") for line in moving)


def test_examples_on_another_scale_are_warned_of(run, examples):
    with (
        beenet.load(run.model) as net,
        pytest.warns(UserWarning, match=r"^examples: the largest value is 255, and"),
    ):
        net.predict(examples.astype(np.float32))
