"""TFLearn's own train op in a compiled loop: feeding, training, scoring, threads."""

from beenet.engine.devices import (
    available_devices,
    choose_device,
    session_config,
    settle_process,
)
from beenet.engine.loop import Chunk, TrainLoop
from beenet.engine.plan import Plan, choose_plan, fastest_plan
from beenet.engine.scoring import Scored, predict, score
from beenet.engine.shuffle import epoch_order
from beenet.engine.timing import StepTimer

__all__ = [
    "Chunk",
    "Plan",
    "Scored",
    "StepTimer",
    "TrainLoop",
    "available_devices",
    "choose_device",
    "choose_plan",
    "epoch_order",
    "fastest_plan",
    "predict",
    "score",
    "session_config",
    "settle_process",
]
