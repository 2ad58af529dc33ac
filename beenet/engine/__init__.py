"""TFLearn's own train op in a compiled loop: feeding, training, scoring, threads."""

from beenet.engine.devices import (
    available_devices,
    choose_device,
    session_config,
    settle_process,
)
from beenet.engine.loop import Chunk, TrainLoop
from beenet.engine.plan import measure_fastest_plan, requested_plan
from beenet.engine.scoring import SplitOutputs, predict, score
from beenet.engine.shuffle import epoch_order
from beenet.engine.timing import StepTimer

__all__ = [
    "Chunk",
    "SplitOutputs",
    "StepTimer",
    "TrainLoop",
    "available_devices",
    "choose_device",
    "epoch_order",
    "measure_fastest_plan",
    "predict",
    "requested_plan",
    "score",
    "session_config",
    "settle_process",
]
