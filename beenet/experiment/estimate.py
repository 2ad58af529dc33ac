"""What a training would cost: a few of its steps, measured on throw-away state."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from beenet.config import Config
from beenet.datasets.configured import open_data, open_split
from beenet.engine import StepTimer, available_devices, choose_device
from beenet.experiment.class_weights import class_weights
from beenet.experiment.parts import build_on
from beenet.experiment.threads import plan_for
from beenet.hardware import peak_bytes


@dataclass(frozen=True)
class Estimate:
    """What a training costs, about."""

    seconds_per_step: float
    steps: int
    """In an epoch."""
    bytes: int
    """The most memory that the process had at a time, the library included; 0 where
    the system does not tell."""


def estimate(config: Config, data_dir: Path | None) -> Estimate:
    """Measure a few steps of a config, in a process that is for this alone.

    Args:
        config: the experiment.
        data_dir: where the data sets are installed; None for the usual place.
    """
    dataset = open_data(config, data_dir)
    split = open_split(config, dataset, "train")
    device = choose_device(config.training.device, available_devices())
    plan = plan_for(config, dataset, split, device, data_dir)
    weights = class_weights(config, dataset, split)
    batch_size = config.training.batch_size
    with (
        build_on(config, dataset, device, plan, weights) as network,
        contextlib.closing(StepTimer(network, split, batch_size=batch_size)) as timer,
    ):
        seconds = min(timer.seconds_per_step(0.05) for _ in range(3))
    return Estimate(seconds, -(-len(split) // batch_size), peak_bytes() or 0)
