"""TFLearn's own train op in a compiled loop: feeding, training, scoring, threads."""

from beenet.engine.devices import available_devices, choose_device, session_config
from beenet.engine.loop import Chunk, TrainLoop, seconds_per_step
from beenet.engine.order import epoch_order
from beenet.engine.plan import Plan, choose_plan
from beenet.engine.scoring import Scored, predict, score

__all__ = [
    "Chunk",
    "Plan",
    "Scored",
    "TrainLoop",
    "available_devices",
    "choose_device",
    "choose_plan",
    "epoch_order",
    "predict",
    "score",
    "seconds_per_step",
    "session_config",
]
