"""Run the whole benchmark: six nets, stock TFLearn, beenet and the peers."""

import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from beenet.bench.compare import compare
from beenet.bench.contestant_process import Remote
from beenet.bench.floor import floor_of, large_rates
from beenet.bench.flops import work_of
from beenet.bench.machine import installed, machine
from beenet.bench.peers.net import Drop, plain_net
from beenet.bench.rounds import Say
from beenet.bench.task import Task, open_task
from beenet.registry import REGISTRY

NETS = (
    "mnist/tflearn_convnet1",
    "bee1_gray/ann",
    "buzz1/ann",
    "bee1/cnn",
    "buzz1/cnn",
    "mnist/convnet5",
)
"""The table of nets, as configs below the folder of configs."""

SCORED = "bee1/cnn"
"""The net whose scoring is measured."""

_SINGLES = 400  # examples that the lecture's loop scores, at most
_EXAMPLES = 10_000  # of a synthetic train split: 1,000 steps with batches of 10

Peers = tuple[tuple[str, tuple[str, ...]], ...]


def run_suite(
    configs: Path,
    nets: tuple[str, ...] = NETS,
    *,
    steps: int | None = None,
    seconds: float = 1.5,
    repeats: int = 5,
    say: Say = lambda _: None,
) -> dict[str, Any]:
    """Measure every net and return the raw figures.

    Args:
        configs: the folder of the shipped configs.
        nets: which of them.
        steps: see `compare`.
        seconds: see `compare`.
        repeats: see `compare`.
        say: called with progress messages.

    Raises:
        BeenetError: a contestant fails.
    """
    found: dict[str, Any] = {"format": 1, "machine": machine(), "nets": []}
    peers = peers_here(found["machine"]["cores"])
    with ExitStack() as stack:
        # A separate data folder: installed data, and stored thread plans, are not used.
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for net in nets:
            say(net)
            with open_task(
                configs / f"{net}.yaml",
                ("training.device=cpu",),
                data_dir=home,
                synthetic=_EXAMPLES,
            ) as task:
                comparison = compare(
                    task,
                    steps=steps,
                    seconds=seconds,
                    repeats=repeats,
                    peers=peers,
                    say=say,
                )
                found["nets"].append({"net": net, **comparison.to_json()})
                say("measuring the floor")
                _add_floor(found, task)
                if net == SCORED:
                    say("scoring")
                    found["scoring"] = _scoring(task, repeats)
    return found


def peers_here(cores: int) -> Peers:
    """Return the peers that are installed, on one, two and all threads."""
    counts = [str(n) for n in sorted({1, min(2, cores), cores})]
    ways: list[tuple[str, ...]] = [("keras", "--threads", n) for n in counts]
    ways += [("keras", "--jit", "--threads", n) for n in counts]
    ways += [("torch", "--threads", n) for n in counts]
    ways += [("jax",)]  # chooses its threads itself: a setting makes no difference
    return tuple(
        ("-".join(part.removeprefix("--") for part in way), way)
        for way in ways
        if installed(way[0])
    )


def _add_floor(found: dict[str, Any], task: Task) -> None:
    """Measure the last net's floor; with the first net's, also the machine's peak."""
    net = plain_net(task.config)
    entry = found["nets"][-1]
    entry["dropout"] = any(isinstance(part, Drop) for part in net.parts)
    with ExitStack() as stack:
        rates = {}
        for n in sorted({1, min(2, found["machine"]["cores"])}):
            threads = dict.fromkeys(_THREADS, str(n))
            rates[n] = stack.enter_context(
                Remote("rates", task, "--threads", str(n), environment=threads)
            )
            rates[n].ready()
        if "large" not in found:
            found["large"] = large_rates(rates)
        entry["floor"] = floor_of(
            work_of(net, task.shape, entry["batch_size"]),
            clipped=net.clip > 0,
            peak=max(found["large"]["flops_per_second"].values()),
            rates=rates,
        )


_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Read by NumPy's BLAS library when it is loaded."""


def _scoring(task: Task, repeats: int) -> dict[str, Any]:
    """Score valid both ways, in turn."""
    all_of_it = REGISTRY[task.dataset.name].counts["valid"]
    some = min(_SINGLES, task.dataset.counts["valid"])
    with Remote("beenet", task) as ours:
        ours.ready()  # writes the weights
        with Remote("tflearn", task) as stock:
            stock.ready()
            rounds = [
                (stock.ask("predict", examples=some), ours.ask("score", examples=n))
                for n in [some, *[all_of_it] * repeats]
            ][1:]
    one, many = (
        statistics.median(answer["seconds"] / answer["examples"] for answer in answers)
        for answers in zip(*rounds, strict=True)
    )
    return {
        "net": SCORED,
        "dataset": task.dataset.title,
        "one_by_one": {"examples": some, "us_per_example": one * 1e6},
        "batched": {"examples": all_of_it, "us_per_example": many * 1e6},
        "ratio": one / many,
    }
