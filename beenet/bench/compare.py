"""Compare stock TFLearn and beenet on one config: speed, memory, equal weights."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any

from beenet.bench.contestant_process import Remote
from beenet.bench.rounds import Measured, Say, measure
from beenet.bench.task import Schedule, Task
from beenet.config import Config
from beenet.config.augmentation import SoundAugmentation
from beenet.errors import ConfigError
from beenet.system.thread_plan import ThreadPlan

_FEWEST_STEPS = 20


@dataclass(frozen=True)
class SpeedComparison:
    """The result of a comparison."""

    name: str
    """The config's name."""
    dataset: str
    """The data's title."""
    schedule: Schedule
    """The length of a round."""
    repeats: int
    """Counted rounds of each."""
    device: str
    """The device on which beenet trained."""
    plan: ThreadPlan
    """The threads that beenet chose: ``intra`` and ``inter``."""
    measured: dict[str, Measured]
    """By contestant: ``tflearn``, ``beenet``, and the peers, if any.

    If TensorFlow leaves oneDNN's kernels off, ``tflearn-onednn`` has them on.
    """
    verdict: dict[str, Any]
    """Whether the weights are identical; see ``identity.WeightsVerdict``."""
    remarks: tuple[str, ...] = ()
    """Deviations from the config's training."""

    @property
    def ratio(self) -> float:
        """How many times faster beenet is than stock TFLearn."""
        return self.measured["tflearn"].ms / self.measured["beenet"].ms

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "config": self.name,
            "dataset": self.dataset,
            "batch_size": self.schedule.batch_size,
            "steps": self.schedule.steps,
            "steps_in_an_epoch": self.schedule.whole,
            "round": str(self.schedule),
            "repeats": self.repeats,
            "device": self.device,
            "plan": asdict(self.plan),
            "ratio": self.ratio,
            "contestants": {n: m.to_json() for n, m in self.measured.items()},
            "weights": self.verdict,
            "remarks": list(self.remarks),
        }


def compare(
    task: Task,
    *,
    steps: int | None = None,
    seconds: float = 3.0,
    repeats: int = 5,
    peers: tuple[tuple[str, tuple[str, ...]], ...] = (),
    say: Say = lambda _: None,
) -> SpeedComparison:
    """Measure stock TFLearn, beenet, and peers, each in a separate process.

    Args:
        task: the net and its data.
        steps: the length of a round; from one epoch on, rounded to whole epochs.
        seconds: in place of ``steps``: the time that TFLearn should take for a round.
            An epoch that takes up to twice as long is trained as a whole.
        repeats: rounds that count.
        peers: further contestants: a name for the result, and the worker's arguments.
        say: called with progress messages.

    Raises:
        ConfigError: TFLearn has no such augmentation.
        BeenetError: a contestant fails.
    """
    _refuse_sound(task)
    with ExitStack() as stack:
        say("choosing threads")
        ours = stack.enter_context(Remote("beenet", task))
        facts = ours.ready()
        plan = ThreadPlan(**facts["plan"])
        threads = ("--threads", str(plan.intra), "--inter", str(plan.inter))
        identity = stack.enter_context(Remote("identity", task, *threads))
        stock = stack.enter_context(Remote("tflearn", task))
        as_it_comes = stock.ready()
        if steps is None:
            rough = stock.ask("calibrate")
            rate = rough["steps"] / rough["seconds"]
            steps = _round_length(int(seconds * rate), task.schedule(1).whole)
        schedule = task.schedule(steps)
        ours.ask("prepare", steps=steps)
        contestants = {"tflearn": stock, "beenet": ours}
        if not as_it_comes["onednn"]:
            peers = (("tflearn-onednn", ("tflearn", "--onednn")), *peers)
        for name, (contestant, *options) in peers:
            contestants[name] = stack.enter_context(Remote(contestant, task, *options))
        # All must be ready before the first one trains: starting up would disturb it.
        for remote in [*list(contestants.values())[2:], identity]:
            remote.ready()
        measured = measure(contestants, repeats=repeats, say=say)
        say("comparing weights")
        verdict = identity.ask("compare")
    del verdict["peak_bytes"]
    return SpeedComparison(
        name=task.config.name,
        dataset=task.dataset.title,
        schedule=schedule,
        repeats=repeats,
        device=facts["device"],
        plan=plan,
        measured=measured,
        verdict=verdict,
        remarks=tuple(_remarks(task.config)),
    )


def _remarks(config: Config) -> Iterator[str]:
    if config.augmentation:
        yield (
            "TFLearn augments by chances of its own; for the comparison of weights its "
            "train op was given the examples that beenet augmented"
        )
    if config.training.schedule:
        yield "both train at the optimizer's learning rate, without the schedule"
    if config.warm_start:
        yield "both begin with fresh weights, not with those of from:"


def _refuse_sound(task: Task) -> None:
    for number, method in enumerate(task.config.augmentation):
        if isinstance(method, SoundAugmentation):
            raise ConfigError(
                f"augmentation[{number}]: {method.yaml_name} is beenet's own, there "
                "is no TFLearn to race it with; bench without it: -o augmentation=[]"
            )


def _round_length(wanted: int, whole: int) -> int:
    """Return the steps of a round: about as many as wanted."""
    if wanted < whole <= 2 * wanted:
        return whole
    # A multiple of 100, because some peers run 100 steps at a time.
    return wanted // 100 * 100 if wanted > 100 else max(_FEWEST_STEPS, wanted)
