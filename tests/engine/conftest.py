"""Small networks, small splits, and TFLearn's own step by step training."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from beenet.engine import session_config
from beenet.engine.graph.same_bits import same_bits
from beenet.engine.passes import blocked_products, panels, row_layout
from beenet.network.network import Network
from beenet.system.thread_plan import ThreadPlan
from beenet.tflearn_backend import tf, tflearn
from engine.identity import state, train_by_feeding


@dataclass(frozen=True)
class ArraySplit:
    """What the engine asks of a split, in memory."""

    x: np.ndarray
    y: np.ndarray


def random_split(shape: tuple[int, ...], n_classes: int, n: int, dtype: str) -> Any:
    """Return ``n`` random examples: uint8 0..255 or float32 0..1."""
    rng = np.random.default_rng(5)
    x = rng.integers(0, 256, (n, *shape), dtype=np.uint8)
    if dtype == "float32":
        x = rng.random((n, *shape), dtype=np.float32)
    y = np.eye(n_classes, dtype=np.float32)[rng.integers(0, n_classes, n)]
    return ArraySplit(x, y)


@pytest.fixture(scope="session")
def make_split() -> Callable[..., ArraySplit]:
    return random_split


@pytest.fixture
def make_network() -> Iterator[Callable[..., Network]]:
    """Build networks that are closed when the test ends."""
    built: list[Network] = []

    def make(
        layers: Callable[[Any], Any],
        shape: tuple[int, ...],
        *,
        optimizer: Any = None,
        loss: Any = "categorical_crossentropy",
        metric: Any = "default",
        clip_gradients: float = 5.0,
        plan: ThreadPlan = ThreadPlan(1, 1),  # noqa: B008
    ) -> Network:
        with tf.Graph().as_default():
            tflearn.config.init_training_mode()
            tf.set_random_seed(11)
            config = session_config("cpu", plan)
            tf.add_to_collection(tf.GraphKeys.GRAPH_CONFIG, config)
            output = tflearn.regression(
                layers(tflearn.input_data([None, *shape])),
                optimizer=optimizer or tflearn.SGD(0.1),
                loss=loss,
                metric=metric,
            )
            built.append(Network(output, clip_gradients=clip_gradients))
        return built[-1]

    yield make
    for network in built:
        network.session.close()


@pytest.fixture(scope="session")
def reference() -> Callable[..., list[np.float32]]:
    return train_by_feeding


@pytest.fixture(scope="session")
def variables_of() -> Callable[[Network], dict[str, np.ndarray]]:
    return state


@pytest.fixture
def alike(monkeypatch) -> None:
    """Have a machine whose kernels work out any part as they do the whole."""
    for module in (blocked_products, panels, row_layout):
        monkeypatch.setattr(module, "same_bits", lambda *_: True)


@pytest.fixture
def answers(monkeypatch) -> list[bool]:
    """Note what this machine's kernels say, as they are asked."""
    said: list[bool] = []

    def ask(*given: Any) -> bool:
        said.append(same_bits(*given))
        return said[-1]

    for module in (blocked_products, panels):
        monkeypatch.setattr(module, "same_bits", ask)
    return said


@pytest.fixture
def allocated(monkeypatch) -> Callable[..., list[list[int]]]:
    """Tell how many bytes operations allocate, by the ends of their names or kinds."""

    def run_steps(network, steps, batches, *ends):
        traced, run = tf.RunMetadata(), network.session.run

        def traced_run(fetches, feed):
            full = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
            return run(fetches, feed, options=full, run_metadata=traced)

        monkeypatch.setattr(
            network.session,
            "run",
            lambda fetches, feed=None: (traced_run if feed else run)(fetches, feed),
        )
        monkeypatch.setattr(steps._averages, "advance", lambda *_: None)
        steps.run(batches, 1, 0, 0)
        return [
            [
                sum(memory.total_bytes for memory in node.memory)
                for device in traced.step_stats.dev_stats
                for node in device.node_stats
                if node.node_name.endswith(end) or f"= {end}(" in node.timeline_label
            ]
            for end in ends
        ]

    return run_steps
