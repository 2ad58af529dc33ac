import errno
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from beenet.errors import NetworkError
from beenet.network.build import build
from beenet.network.saved import (
    read_variables,
    restore_training,
    restore_weights,
    save_model,
)
from beenet.runs.find_model import find_model
from beenet.tflearn_backend import tf

SHAPE = (8, 8, 1)


@pytest.fixture
def network(tiny):
    with build(tiny().config, SHAPE, 3) as network:
        yield network


def values(network):
    return network.session.run(network.variables())


def trained(network):
    """Take a step, so that every counter and slot differs from its start."""
    rng = np.random.default_rng(0)
    feed = {network.x: rng.random((5, *SHAPE)), network.y: np.eye(3)[[0, 1, 2, 0, 1]]}
    network.session.run(
        [network.train_op.train, network.model.trainer.incr_global_step], feed
    )
    return values(network)


def test_what_is_saved_comes_back_to_the_bit(network, tiny, tmp_path):
    before = trained(network)
    save_model(network, tmp_path / "model.tfl")
    assert sorted(os.listdir(tmp_path)) == [
        "checkpoint",
        "model.tfl.data-00000-of-00001",
        "model.tfl.index",
        "model.tfl.meta",
    ]
    assert tf.train.latest_checkpoint(tmp_path) == str(tmp_path / "model.tfl")
    there = read_variables(tmp_path / "model.tfl")
    assert set(there) == set(before)
    with build(tiny("training.seed=9").config, SHAPE, 3) as other:
        restore_training(other, tmp_path / "model.tfl")
        after = values(other)
    for name, value in before.items():
        assert np.array_equal(after[name], value), name
        assert np.array_equal(there[name], value), name


def test_the_meta_file_rebuilds_the_graph_without_a_config(network, tmp_path):
    trained(network)
    save_model(network, tmp_path / "model.tfl")
    x = np.random.default_rng(1).random((3, *SHAPE), dtype=np.float32)
    network.set_training(False)
    ours = network.session.run(network.output, {network.x: x})
    with tf.Graph().as_default(), tf.Session() as session:
        saver = tf.train.import_meta_graph(str(tmp_path / "model.tfl.meta"))
        saver.restore(session, str(tmp_path / "model.tfl"))
        theirs = session.run(network.output.name, {network.x.name: x})
    assert np.array_equal(theirs, ours)


def test_a_saved_folder_may_be_moved(network, tmp_path):
    (tmp_path / "a").mkdir()
    save_model(network, tmp_path / "a" / "model.tfl")
    (tmp_path / "a").rename(tmp_path / "b")
    restore_weights(network, tmp_path / "b" / "model.tfl")
    assert tf.train.latest_checkpoint(tmp_path / "b") == str(tmp_path / "b/model.tfl")


def test_only_weights_are_needed_to_predict(network, tiny, tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        there = trained(network)
        weights = {
            n: v for n, v in there.items() if n.split("/")[0] in ("conv", "fc", "out")
        }
        weights = {n: v for n, v in weights.items() if not n.endswith("Momentum")}
        saver = tf.train.Saver({n: tf.Variable(v, name=n) for n, v in weights.items()})
        session.run(tf.global_variables_initializer())
        saver.save(session, str(tmp_path / "w.tfl"))
    with build(tiny("training.seed=9").config, SHAPE, 3) as other:
        restore_weights(other, tmp_path / "w.tfl")
        got = values(other)
        assert all(np.array_equal(got[n], v) for n, v in weights.items())
        restore_training(other, tmp_path / "w.tfl")


def test_a_new_optimizer_starts_afresh_and_unrestored_layers_keep_their_own(
    network, tiny, tmp_path
):
    before = trained(network)
    save_model(network, tmp_path / "model.tfl")
    changed = tiny(
        "training.seed=9", "optimizer=adam", "layers[3].fully_connected.restore=false"
    )
    with build(changed.config, SHAPE, 3) as other:
        fresh = values(other)
        restore_training(other, tmp_path / "model.tfl")
        after = values(other)
    assert np.array_equal(after["conv/W"], before["conv/W"])
    assert np.array_equal(after["fc/W"], fresh["fc/W"])
    assert np.array_equal(after["conv/W/Adam"], fresh["conv/W/Adam"])
    assert after["Training_step"] == before["Training_step"] == 1


def test_the_first_variable_that_does_not_fit_is_named(network, tiny, tmp_path):
    save_model(network, tmp_path / "model.tfl")
    model = tmp_path / "model.tfl"
    with build(tiny("layers[3].fully_connected.n_units=9").config, SHAPE, 3) as other:
        before = values(other)
        with pytest.raises(NetworkError) as caught:
            restore_weights(other, model)
        after = values(other)
    assert str(caught.value) == (
        f"{model} does not fit the config: its variable fc/W is [64, 8], the config's "
        "is [64, 9]"
    )
    assert all(np.array_equal(after[n], before[n]) for n in before)
    renamed = tiny("layers[3].fully_connected.name=hidden").config
    with build(renamed, SHAPE, 3) as other, pytest.raises(NetworkError) as caught:
        restore_weights(other, model)
    assert str(caught.value) == (
        f"{model} does not fit the config: it has no variable hidden/W [64, 8] (nor "
        "hidden/b); the file's fc/W has that shape: --rename fc=hidden"
    )


def test_a_layer_of_another_name_is_filled_by_a_name_map(network, tiny, tmp_path):
    before = trained(network)
    save_model(network, tmp_path / "model.tfl")
    renamed = tiny("training.seed=9", "layers[3].fully_connected.name=hidden").config
    names = {"fc": "hidden"}
    with build(renamed, SHAPE, 3) as other:
        restore_weights(other, tmp_path / "model.tfl", names)
        after = values(other)
        assert np.array_equal(after["hidden/W"], before["fc/W"])
        assert np.array_equal(after["conv/W"], before["conv/W"])


def test_a_model_of_tensorflows_first_format_is_one_file(network, tiny, tmp_path):
    before = trained(network)
    with network.graph.as_default():
        saver = tf.train.Saver(network.variables(), write_version=tf.train.SaverDef.V1)
    model = tmp_path / "bees.v1.tfl"
    saver.save(network.session, str(model), write_meta_graph=False)
    assert find_model(model) == model
    assert not model.with_name("bees.v1.tfl.index").exists()
    with build(tiny("training.seed=9").config, SHAPE, 3) as other:
        restore_weights(other, model)
        assert np.array_equal(values(other)["conv/W"], before["conv/W"])
        model.write_bytes(model.read_bytes()[:-200])
        with pytest.raises(NetworkError, match=r"bees\.v1\.tfl is not a saved model: "):
            restore_weights(other, model)


def test_a_model_in_several_shards_is_found_by_any_of_its_files(tmp_path):
    prefix = tmp_path / "my.bees.tfl"
    two = tf.ConfigProto(device_count={"CPU": 2})
    with tf.Graph().as_default(), tf.Session(config=two) as session:
        for i in range(2):
            with tf.device(f"/job:localhost/replica:0/task:0/device:CPU:{i}"):
                tf.get_variable(f"fc_{i}/W", initializer=[float(i)])
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver(sharded=True)
        saver.save(session, str(prefix), write_meta_graph=False)
    second = tmp_path / "my.bees.tfl.data-00001-of-00002"
    assert find_model(second) == find_model(prefix) == prefix
    assert read_variables(prefix) == {"fc_0/W": [0], "fc_1/W": [1]}
    second.unlink()
    with pytest.raises(NetworkError, match=r"my\.bees\.tfl is damaged at fc_1/W: "):
        read_variables(prefix)


def test_a_model_that_is_not_there_is_looked_for(network, tmp_path):
    save_model(network, tmp_path / "bees.tfl")
    with pytest.raises(NetworkError) as caught:
        find_model(tmp_path / "bees")
    assert str(caught.value) == (
        f"there is no saved model at {tmp_path / 'bees'}; give a run folder, a .tfl, "
        f"or one of its files; in {tmp_path} there is bees.tfl"
    )
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yaml").touch()
    with pytest.raises(NetworkError, match=r"; below it are the runs first, second$"):
        find_model(tmp_path)
    with pytest.raises(NetworkError, match=r"; did you mean 'first'\?$"):
        find_model(tmp_path / "frist")


@pytest.mark.parametrize("suffix", [".index", ".data-00000-of-00001"])
@pytest.mark.parametrize("damage", ["missing", "truncated", "flipped"])
def test_a_damaged_model_is_one_line(network, tmp_path, suffix, damage):
    save_model(network, tmp_path / "model.tfl")
    path = tmp_path / f"model.tfl{suffix}"
    data = bytearray(path.read_bytes())
    path.unlink()
    if damage == "truncated":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "flipped":
        data[len(data) // 3] ^= 0xFF
        path.write_bytes(data)
    before = values(network)
    with pytest.raises(
        NetworkError, match=r"model\.tfl is (not a saved|damaged)"
    ) as caught:
        restore_weights(network, tmp_path / "model.tfl")
    assert "\n" not in str(caught.value)
    after = values(network)
    assert all(np.array_equal(after[n], before[n]) for n in before)


def test_a_full_disk_leaves_the_old_model(network, tmp_path, monkeypatch):
    save_model(network, tmp_path / "model.tfl")
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    trained(network)

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device"):
        save_model(network, tmp_path / "model.tfl")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


@pytest.mark.slow
def test_tensorflow_itself_running_out_of_room_is_explained(tiny_data, tmp_path):
    """A real limit on the size of files, in a process of its own."""
    code = f"""
        import resource, signal
        from pathlib import Path
        from beenet.config import load_config
        from beenet.network.build import build
        from beenet.network.saved import save_model
        config = load_config(Path({str(tiny_data / "tiny.yaml")!r})).config
        network = build(config, (8, 8, 1), 3)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            save_model(network, Path({str(tmp_path)!r}) / "model.tfl")
        except OSError as error:
            print(error.strerror)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "File too large\n"
    assert "OP_REQUIRES" not in done.stderr
    assert os.listdir(tmp_path) == []
