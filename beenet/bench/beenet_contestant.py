"""The contestant beenet: its engine, used as in ``beenet train``."""

import gc
import time
from dataclasses import asdict
from typing import Any

import numpy as np

from beenet.bench.clocked import Round
from beenet.bench.task import Schedule, Task
from beenet.datasets import Split
from beenet.engine import (
    TrainLoop,
    available_devices,
    choose_device,
    epoch_order,
    score,
)
from beenet.experiment.class_weights import class_weights
from beenet.experiment.parts import build_on
from beenet.experiment.threads import cached_plan
from beenet.network.network import Network
from beenet.system.thread_plan import ThreadPlan
from beenet.tflearn_backend import tf


class Ours:
    """The engine on memory-mapped data, with the thread plan that it chooses."""

    def __init__(self, task: Task) -> None:
        """Choose the threads, build the network and save its initial weights."""
        self._task = task
        device = task.config.training.device
        self._device = choose_device(device, available_devices())
        self._plan = cached_plan(
            task.config, task.dataset, task.split(), self._device, task.data_dir
        )
        self._network = build_task(task, self._device, self._plan)
        task.save_weights(self._network.session.run(first_variables(self._network)))
        self._first = self._network.values()

    def facts(self) -> dict[str, Any]:
        """Return the device and the plan."""
        return {"device": self._device, "plan": asdict(self._plan)}

    def prepare(self, steps: int) -> dict[str, Any]:
        """Set the steps of a round, and save the rows that each one takes."""
        self._schedule = self._task.schedule(steps)
        seed = self._task.config.training.seed
        self._task.save_rows(rows_of(self._schedule, seed))
        split = first_rows(self._task.split(), self._schedule.n)
        self._loop = TrainLoop(
            self._network, split, batch_size=self._schedule.batch_size, seed=seed
        )
        return {}

    def round(self) -> dict[str, Any]:
        """Train once over the task's batches."""
        losses = []
        self._network.set_values(self._first)
        gc.collect()
        began = time.perf_counter()
        for epoch in range(self._schedule.epochs):
            losses += [chunk.losses for chunk in self._loop.run_epoch(epoch)]
        seconds = time.perf_counter() - began
        every = np.concatenate(losses)
        return Round(len(every), seconds, float(every.mean(dtype=np.float64))).to_json()

    def score(self, examples: int) -> dict[str, Any]:
        """Score valid as ``beenet eval`` does.

        Args:
            examples: how many; if there are fewer, they are repeated.
        """
        valid = self._task.split("valid")
        rows = np.arange(examples) % len(valid)
        split = Split(valid.x[rows], valid.y[rows])
        began = time.perf_counter()
        scored = score(self._network, split)
        seconds = time.perf_counter() - began
        correct = int((scored.outputs.argmax(1) == split.labels).sum())
        return {"seconds": seconds, "examples": examples, "correct": correct}


def build_task(task: Task, device: str, plan: ThreadPlan) -> Network:
    """Build a task's network, with the statistics of its preprocessing."""
    train = task.split()
    weights = class_weights(task.config, task.dataset, train)
    network = build_on(task.config, task.dataset, device, plan, weights)
    if network.preprocessor is not None:
        network.preprocessor.fit(network.session, train.x)
    return network


def first_variables(network: Network) -> dict[str, Any]:
    """Return the variables all contestants share: trainable ones, and statistics."""
    with network.graph.as_default():
        found = list(tf.trainable_variables())
    if network.preprocessor is not None:
        found += network.preprocessor.variables(list(network.variables()))
    return {variable.op.name: variable for variable in found}


def rows_of(schedule: Schedule, seed: int) -> Any:
    """Return the rows that the engine takes in each step, int64 [steps, batch]."""
    orders = [
        epoch_order(schedule.n, seed=seed, epoch=epoch)
        for epoch in range(schedule.epochs)
    ]
    return np.concatenate(orders).reshape(schedule.steps, schedule.batch_size)


def first_rows(split: Split, n: int) -> Split:
    """Return the first ``n`` examples of a split, without copying them."""
    return Split(split.x[:n], split.y[:n])
