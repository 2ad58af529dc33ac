"""The thread plan of a training, measured once per net and machine."""

import contextlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from beenet.config import Config, plain
from beenet.config.identity import digest
from beenet.datasets import Dataset, Split
from beenet.datasets.home import cache_folder
from beenet.engine import StepTimer, measure_fastest_plan, requested_plan
from beenet.experiment.parts import build_on
from beenet.runs.provenance import numeric_environment
from beenet.system import files
from beenet.system.cores import core_limit
from beenet.system.plain_files import read_json
from beenet.system.thread_plan import ThreadPlan

_SAME_SPEED = ("name", "dataset")
"""The parts of a config that do not affect the speed of a step."""
_OF_TRAINING = ("batch_size", "clip_gradients", "class_weights")
"""The keys of its training section that do."""

_TURN = 0.03  # seconds that a plan trains before the next one does


def cached_plan(
    config: Config, dataset: Dataset, split: Split, device: str, data_dir: Path | None
) -> ThreadPlan:
    """Return the plan that the config fixes, or the one that trains fastest here.

    A measured choice is stored beside the data: two plans may be about equally fast but
    round differently, and the same config must give the same bytes again.

    Args:
        config: the experiment.
        dataset: its data.
        split: what it trains on.
        device: where it trains.
        data_dir: where the data sets are installed; None for the usual place.
    """

    def trial(plan: ThreadPlan) -> Callable[[], float]:
        network = build_on(config, dataset, device, plan)
        timer = StepTimer(network, split, batch_size=config.training.batch_size)
        return lambda: timer.seconds_per_step(_TURN)

    threads = config.training.threads
    if threads != "auto" or device != "cpu":  # on a GPU the CPU's threads decide little
        return requested_plan(threads)
    note = cache_folder(data_dir) / "plans" / f"{_key(config, dataset)}.json"
    with contextlib.suppress(OSError, ValueError, TypeError):
        known = ThreadPlan(**read_json(note))
        if all(type(count) is int and count > 0 for count in asdict(known).values()):
            return known
    plan = measure_fastest_plan(trial)
    if plan is None:  # nothing was measured, so nothing is stored
        return requested_plan(threads)
    with contextlib.suppress(OSError):  # a read-only folder only costs time
        note.parent.mkdir(parents=True, exist_ok=True)
        files.write_json(note, asdict(plan))
    return plan


def _key(config: Config, dataset: Dataset) -> str:
    """Return a digest of everything on which the choice depends."""
    parts = plain(config)
    for key in _SAME_SPEED:
        del parts[key]
    parts["training"] = {key: parts["training"][key] for key in _OF_TRAINING}
    about = [parts, dataset.shape, core_limit(), numeric_environment()]
    return digest(about)
