"""Every contestant does the same mathematics: after a few steps, the same loss."""

from contextlib import ExitStack
from importlib.util import find_spec

import pytest

from beenet.bench.contestant_process import Remote
from beenet.bench.peers.net import plain_net
from beenet.bench.task import Task
from beenet.errors import NetworkError

# Odd sides, both paddings, every activation, the penalty, and clipping that bites.
CONFIG = """\
dataset: {path: data, classes: [LIGHT, DARK, STRIPED]}
layers:
  - conv_2d: {nb_filter: 4, filter_size: 3, activation: relu, regularizer: L2}
  - max_pool_2d: {kernel_size: 3}
  - conv_2d: {nb_filter: 5, filter_size: 2, padding: valid, activation: sigmoid}
  - dropout: {keep_prob: 1.0}
  - flatten
  - fully_connected: {n_units: 8, activation: tanh, regularizer: L2, weight_decay: 0.1}
  - fully_connected: {n_units: 3, activation: softmax, weights_init: xavier}
optimizer: {sgd: {learning_rate: 0.5}}
training: {batch_size: 6, seed: 3, clip_gradients: 0.2, device: cpu, threads: 1}
"""

PEERS = {
    "keras": ("--threads", "1"),
    "torch": ("--threads", "1"),
    "jax": (),
}


@pytest.fixture(scope="module")
def losses(tiny_data, tmp_path_factory):
    """The mean loss over a few steps, by contestant; all are started at once."""
    folder = tmp_path_factory.mktemp("peers")
    (tiny_data / "peers.yaml").write_text(CONFIG)
    task = Task(tiny_data / "peers.yaml", (), folder / "home", folder)
    with ExitStack() as stack:
        ours = stack.enter_context(Remote("beenet", task))
        ours.ready()
        ours.ask("prepare", steps=3)
        there = {
            name: stack.enter_context(Remote(name, task, *options))
            for name, options in PEERS.items()
            if find_spec(name)
        }
        threads = ("--threads", "1", "--inter", "1")
        there["tflearn"] = stack.enter_context(Remote("identity", task, *threads))
        for remote in there.values():
            remote.ready()
        verdict = there.pop("tflearn").ask("compare")
        found = {name: remote.ask("round") for name, remote in there.items()}
        found["beenet"] = ours.ask("round")
        again = {name: remote.ask("round") for name, remote in there.items()}
    assert all(answer["steps"] == 3 for answer in found.values())
    assert {name: found[name]["loss"] for name in again} == {
        name: answer["loss"] for name, answer in again.items()
    }
    return {name: answer["loss"] for name, answer in found.items()} | {
        "tflearn": verdict["loss"]
    }


@pytest.mark.slow  # of beenet, `beenet bench` is tried by the quick ones
@pytest.mark.parametrize("name", ["beenet", *PEERS])
def test_the_same_loss_as_tflearn(losses, name):
    if name not in losses:
        pytest.skip(f"{name} is not installed: pip install -e '.[bench]'")
    assert losses[name] == pytest.approx(losses["tflearn"], abs=1e-4)


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("optimizer={adam: {}}", "plain sgd, not adam"),
        ("optimizer={sgd: {lr_decay: 0.9}}", "plain sgd"),
        ("loss=mean_square", "do not know mean_square"),
        ("layers[0].conv_2d.strides=2", r"layer conv \(conv_2d\)"),
        ("layers[3].fully_connected.activation=elu", r"layer fc \(fully_connected\)"),
        ("layers[4].fully_connected.activation=relu", "end in a softmax"),
    ],
)
def test_what_the_peers_cannot_do_is_refused(tiny, override, words):
    overrides = [override]
    if not override.startswith("optimizer"):
        overrides.append("optimizer={sgd: {}}")
    with pytest.raises(NetworkError, match=words):
        plain_net(tiny(*overrides).config)
