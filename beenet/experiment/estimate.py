"""Estimate the cost of a training from a few steps, whose results are discarded."""

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path

from beenet.config import Config
from beenet.datasets import SPLITS, Split
from beenet.datasets.configured import open_data, open_split
from beenet.engine import StepTimer, available_devices, choose_device, score
from beenet.engine.scoring import BATCH_SIZE
from beenet.experiment.class_weights import class_weights
from beenet.experiment.parts import build_on
from beenet.experiment.threads import cached_plan
from beenet.network.network import Network
from beenet.system.cores import core_limit
from beenet.system.hardware import peak_bytes


@dataclass(frozen=True)
class Estimate:
    """The approximate cost of a training."""

    seconds_per_step: float
    steps: int
    """Per epoch."""
    seconds_per_look: float
    """For scoring the test split, after each epoch."""
    seconds_once: float
    """For starting, and for scoring the other splits."""
    bytes: int
    """The peak memory of the process, TensorFlow included; 0 if the system does not
    report it."""


def estimate(config: Config, data_dir: Path | None) -> Estimate:
    """Measure a few steps of a config, and some scoring; call it in a new process.

    Args:
        config: the experiment.
        data_dir: where the data sets are installed; None for the usual place.
    """
    dataset = open_data(config, data_dir)
    splits = {name: open_split(config, dataset, name) for name in SPLITS}
    train = splits["train"]
    device = choose_device(config.training.device, available_devices())
    plan = cached_plan(config, dataset, train, device, data_dir)
    weights = class_weights(config, dataset, train)
    batch_size = config.training.batch_size
    began = time.perf_counter()
    with build_on(config, dataset, device, plan, weights) as network:
        timer = StepTimer(network, train, batch_size=batch_size)
        starting = time.perf_counter() - began
        with contextlib.closing(timer):
            seconds = min(timer.seconds_per_step(0.05) for _ in range(3))
        each = _seconds_per_example(network, train)
    return Estimate(
        seconds,
        -(-len(train) // batch_size),
        each * len(splits["test"]),
        starting + each * (len(train) + len(splits["valid"])),
        peak_bytes() or 0,
    )


def _seconds_per_example(network: Network, split: Split) -> float:
    """Score some examples, for at least a quarter of a second; return s per example."""
    count = BATCH_SIZE * core_limit()  # one batch for each core
    some = Split(split.x[:count], split.y[:count])
    laps: list[float] = []
    while sum(laps) < 0.25:
        began = time.perf_counter()
        score(network, some)
        laps.append(time.perf_counter() - began)
    return min(laps) / len(some)
