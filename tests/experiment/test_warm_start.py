"""``from:`` in a config: another model's weights to begin with, and nothing else."""

import hashlib
import json
import shutil

import numpy as np
import pytest

from beenet.config import load_config
from beenet.engine import loop
from beenet.errors import ConfigError, Interrupted, NetworkError, RunError
from beenet.experiment import train
from beenet.experiment.verify import fingerprint
from beenet.network.saved import read_variables
from beenet.progress import make_reporter

SOURCE = """\
name: source
dataset: {path: data, classes: [LIGHT, DARK, STRIPED]}
layers:
  - conv_2d: {nb_filter: 4, filter_size: 3, activation: relu, name: conv}
  - batch_normalization: {name: bn}
  - fully_connected: {n_units: 8, activation: relu, name: old}
  - fully_connected: {n_units: 3, activation: softmax, name: out}
optimizer: adam
training: {epochs: 1, batch_size: 7, seed: 5, threads: 1}
"""
WARM = """\
name: warm
from: {model: %s, names: {old: new}}
dataset: {path: data, classes: [LIGHT, DARK, STRIPED]}
layers:
  - conv_2d: {nb_filter: 4, filter_size: 3, activation: relu, trainable: false,
      name: conv}
  - batch_normalization: {name: bn}
  - fully_connected: {n_units: 8, activation: relu, name: new}
  - fully_connected: {n_units: 5, activation: relu, name: extra}
  - fully_connected: {n_units: 3, activation: softmax, name: out}
optimizer: adam
training: {epochs: 2, batch_size: 7, seed: 6, threads: 1}
"""


@pytest.fixture(scope="module")
def source(tiny_data, tmp_path_factory):
    """A finished run to take weights from."""
    (tiny_data / "source.yaml").write_text(SOURCE)
    loaded = load_config(tiny_data / "source.yaml")
    folder = tmp_path_factory.mktemp("from") / "a"
    return train(loaded, folder, reporter=make_reporter(True))


@pytest.fixture
def run(tiny_data, source, recorder, tmp_path):
    """Train the warm config from the source into a folder of the test's own."""

    def go(*overrides, to="run", model=source.path, reporter=None, **options):
        (tiny_data / "warm.yaml").write_text(WARM % model)
        loaded = load_config(tiny_data / "warm.yaml", overrides)
        reporter = reporter or recorder()
        return train(loaded, tmp_path / to, reporter=reporter, **options)

    return go


def test_weights_are_taken_and_steps_are_not(run, source, recorder):
    reporter = recorder()
    folder = run(reporter=reporter)
    assert (
        f"took 3 of 5 layers from {source.model}; fresh: extra (not there), out (W is "
        "8x3 there, 5x3 here)"
    ) in reporter.lines
    was, now = read_variables(source.model), read_variables(folder.model)
    np.testing.assert_array_equal(now["conv/W"], was["conv/W"])  # frozen
    assert not np.array_equal(now["new/W"], was["old/W"])
    assert now["Training_step"] == now["Global_Step"] == 18
    data = source.path / "model.tfl.data-00000-of-00001"
    assert json.loads(folder.provenance.read_text())["from"] == {
        "model": str(source.model),
        "sha256": hashlib.sha256(data.read_bytes()).hexdigest(),
    }


def test_averages_of_batch_normalization_come_along(run, source, monkeypatch):
    began = {}

    class Begun(Exception):
        """Enough was seen."""

    def stop(self):
        began.update(self._run.network.values())
        raise Begun

    monkeypatch.setattr("beenet.experiment.fit.Fit.run", stop)
    with pytest.raises(Begun):
        run("layers[0].conv_2d.restore=false")
    was = read_variables(source.model)
    for name in ("beta", "gamma", "moving_mean", "moving_variance"):
        np.testing.assert_array_equal(began[f"bn/{name}"], was[f"bn/{name}"])
    np.testing.assert_array_equal(began["new/W"], was["old/W"])
    assert not np.array_equal(began["conv/W"], was["conv/W"])  # restore: false
    assert not began["new/W/Adam"].any()
    assert was["old/W/Adam"].any()


@pytest.mark.slow
def test_a_run_goes_on_to_the_same_bytes_without_its_source(
    run, source, recorder, tmp_path, monkeypatch
):
    monkeypatch.setattr(loop, "_FIRST_CHUNK", 1)
    monkeypatch.setattr(loop, "_CHUNK_SECONDS", 0)
    copy = shutil.copytree(source.path, tmp_path / "copy")
    whole = run(to="whole", model=copy)
    with pytest.raises(Interrupted):
        run(model=copy, reporter=recorder((0, 3)))
    shutil.rmtree(copy)
    reporter = recorder()
    resumed = run(model=copy, reporter=reporter)
    assert fingerprint(resumed) == fingerprint(whole)
    assert not any("took" in line for line in reporter.lines)
    origins = [json.loads(r.provenance.read_text())["from"] for r in (resumed, whole)]
    assert origins[0] == origins[1]
    # Made longer, too, it needs the source no more.
    longer = run("training.epochs=3", model=copy)
    assert longer.read_metrics().epochs == 3


def test_what_cannot_be_taken_leaves_nothing(run, source, tmp_path):
    with pytest.raises(NetworkError, match=r"^there is no saved model at .*nothing; "):
        run(model=tmp_path / "nothing")
    with pytest.raises(NetworkError, match="cannot rename old to nev: the network has"):
        run("from.names={old: nev}")
    with pytest.raises(ConfigError) as caught:
        run(start_from=source.model)
    assert str(caught.value) == (
        f"the config begins with the weights of {source.path} (from:), --from trains "
        f"on from {source.model}; leave out one of them"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_run_never_replaces_the_model_it_begins_with(run, source, tmp_path):
    for model in (tmp_path / "run", tmp_path / "run/model.tfl"):
        with pytest.raises(RunError) as caught:
            run(model=model, overwrite=True)
        assert str(caught.value) == (
            f"{model} lies in {tmp_path / 'run'}, where this run would be written; "
            "choose another folder with --run-dir"
        )
