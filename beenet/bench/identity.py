"""Compare the engine's training bit for bit with TFLearn's own train op."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.bench.beenet_contestant import build_task, first_rows
from beenet.bench.task import Task
from beenet.datasets import Split
from beenet.engine import TrainLoop, available_devices, choose_device
from beenet.engine.feeding import prepared_epoch
from beenet.network.network import Network
from beenet.system.thread_plan import ThreadPlan

State = dict[str, NDArray[Any]]

_LOSSES = "the losses"


@dataclass(frozen=True)
class WeightsVerdict:
    """The result of comparing two trainings."""

    steps: int
    """Steps of each training."""
    arrays: int
    """Variables that were compared: weights, optimizer slots, averages, counters."""
    numbers: int
    """Numbers in them, plus the losses of all steps."""
    differing: list[str]
    """The names of those that differ; empty if all bits agree."""
    largest: float
    """The largest difference."""
    loss: float
    """The mean of the steps' losses, by TFLearn's own train op."""
    tflearn_repeats: bool | None
    """If something differs: whether two runs of TFLearn's own loop agree with each
    other. With many threads TensorFlow may add in another order each time."""

    @property
    def identical(self) -> bool:
        """Whether all bits agree."""
        return not self.differing

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"identical": self.identical}


class Identity:
    """Runs TFLearn's train op step by step, and the engine, under one thread plan."""

    def __init__(self, task: Task, intra: int, inter: int) -> None:
        """Store the task; networks are built when needed."""
        self._task = task
        self._plan = ThreadPlan(intra, inter)
        training = task.config.training
        self._device = choose_device(training.device, available_devices())

    def facts(self) -> dict[str, Any]:
        """Return an empty mapping."""
        return {}

    def compare(self) -> dict[str, Any]:
        """Train over the task's batches both ways, and compare the results."""
        return self.verdict(self._task.rows()).to_json()

    def verdict(
        self, rows: NDArray[np.int64], first: State | None = None
    ) -> WeightsVerdict:
        """Compare TFLearn's training with the engine's.

        Args:
            rows: the rows of the train split that TFLearn's steps take, [steps, batch].
            first: TFLearn's initial weights, if not the task's: for a test that a
                difference is found.
        """
        task, split = self._task, self._task.split()
        seed, schedule = task.config.training.seed, task.schedule(len(rows))
        with self._network(first) as network:
            expected = train_by_feeding(network, split, rows, seed=seed, n=schedule.n)
        with self._network() as network:
            found = train_by_engine(
                network,
                first_rows(split, schedule.n),
                batch_size=schedule.batch_size,
                seed=seed,
                epochs=schedule.epochs,
            )
        names = differing(expected, found)
        repeats = None
        if names:
            with self._network(first) as network:
                again = train_by_feeding(network, split, rows, seed=seed, n=schedule.n)
            repeats = not differing(expected, again)
        return WeightsVerdict(
            steps=len(rows),
            arrays=len(expected) - 1,
            numbers=sum(value.size for value in expected.values()),
            differing=names,
            largest=max((_distance(expected[n], found[n]) for n in names), default=0.0),
            loss=float(expected[_LOSSES].mean(dtype=np.float64)),
            tflearn_repeats=repeats,
        )

    def _network(self, first: State | None = None) -> Network:
        """Build the network with the task's initial weights, or with others."""
        task = self._task
        network = build_task(task, self._device, self._plan)
        network.assign(first or task.weights())
        return network


def train_by_feeding(
    network: Network, split: Split, rows: NDArray[np.int64], *, seed: int, n: int
) -> State:
    """Call TFLearn's own train op for each step; return the losses and all variables.

    This is what ``fit`` does, without its five calls per step and its threads. Examples
    are augmented and preprocessed as in the engine, because TFLearn's augmentation has
    other random numbers.

    Args:
        network: the network to train.
        split: the examples.
        rows: the rows that each step takes, [steps, batch].
        seed: the run's seed.
        n: the number of examples in an epoch.
    """
    size = rows.shape[1]
    train_op, trainer = network.train_op, network.model.trainer
    losses = []
    network.set_training(True)
    for step, batch in enumerate(rows):
        epoch, place = divmod(step * size, n)
        if place == 0:
            prepare = prepared_epoch(network, n, seed=seed, epoch=epoch)
        feed = {network.x: prepare(split.x[batch], place), network.y: split.y[batch]}
        _, loss = network.session.run([train_op.train, train_op.loss], feed)
        network.session.run(trainer.incr_global_step)
        losses.append(loss)
    network.set_training(False)
    return _state(network, np.array(losses))


def train_by_engine(
    network: Network, split: Split, *, batch_size: int, seed: int, epochs: int
) -> State:
    """Train with the engine's loop; return the losses and all variables.

    Dropout keeps TFLearn's own random operations, so that both draw the same numbers.
    """
    loop = TrainLoop(
        network, split, batch_size=batch_size, seed=seed, stateful_random=True
    )
    chunks = [chunk for epoch in range(epochs) for chunk in loop.run_epoch(epoch)]
    return _state(network, np.concatenate([chunk.losses for chunk in chunks]))


def differing(expected: State, found: State) -> list[str]:
    """Return the names under which two trainings differ in any bit."""
    return [
        name
        for name, value in expected.items()
        if value.tobytes() != found[name].tobytes()
    ]


def _state(network: Network, losses: NDArray[np.float32]) -> State:
    values: State = network.session.run(network.variables())
    # Without the average of the sum of all losses: TensorFlow adds its terms in an
    # order that depends on timing, and training does not depend on it.
    values = {
        name: np.asarray(value)
        for name, value in values.items()
        if not name.endswith("/Total_Loss/moving_avg")
    }
    return {**values, _LOSSES: losses}


def _distance(a: NDArray[Any], b: NDArray[Any]) -> float:
    return float(np.max(np.abs(a.astype(np.float64) - b.astype(np.float64))))
