"""Train a small net that needs TFLearn's shims; run by `beenet doctor`."""

import json
import sys
import time

import numpy as np

from beenet.config import load_mapping
from beenet.datasets import Split
from beenet.runs.provenance import versions

# One residual block (its initializer came from tf.contrib), batch normalization and a
# decaying rate do not work without the shims; dropout tests the seeds.
NET = {
    "name": "smoke-test",
    "dataset": {"path": "nowhere", "classes": ["DARK", "LIGHT"]},
    "layers": [
        {"conv_2d": {"nb_filter": 4, "filter_size": 3, "activation": "relu"}},
        {"residual_block": {"nb_blocks": 1, "out_channels": 4}},
        {"dropout": {"keep_prob": 0.9}},
        {"fully_connected": {"n_units": 2, "activation": "softmax"}},
    ],
    "optimizer": {"momentum": {"learning_rate": 0.05, "lr_decay": 0.9}},
}
STEPS = 40


def run_net() -> dict[str, object]:
    """Learn to distinguish dark from light squares; return versions, times, devices.

    Raises:
        RuntimeError: the net did not learn it.
    """
    began = time.perf_counter()
    from beenet.engine import TrainLoop, available_devices
    from beenet.network.build import build

    loaded = time.perf_counter()
    rng = np.random.default_rng(1)
    labels = np.arange(8 * STEPS) % 2
    x = rng.random((len(labels), 8, 8, 1), dtype=np.float32) / 2
    x[labels == 1] += 0.5
    split = Split(x, np.eye(2, dtype=np.float32)[labels])
    with build(load_mapping(NET).config, (8, 8, 1), 2) as network:
        loop = TrainLoop(network, split, batch_size=8, seed=1)
        losses = np.concatenate([chunk.losses for chunk in loop.run_epoch(0)])
    first, last = losses[:5].mean(), losses[-5:].mean()
    if not last < first / 2:
        raise RuntimeError(
            f"a small net did not learn to tell dark from light: its loss went from "
            f"{first:.3f} to {last:.3f}"
        )
    return {
        **versions(),
        "loading": loaded - began,
        "training": time.perf_counter() - loaded,
        "devices": available_devices(),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run_net()) + "\n")
