"""The process of one contestant: reads requests from stdin, answers on stdout.

    python -m beenet.bench.worker CONTESTANT CONFIG [-o KEY=VALUE] --folder DIR ...

Each line is a JSON mapping: the answer to ``{"do": "round"}`` is what the contestant's
method ``round`` returns, with the process's peak memory. It exits at the end of stdin.
"""

import argparse
import functools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from beenet.bench.task import Task
from beenet.errors import BeenetError
from beenet.system.hardware import peak_bytes


def main(arguments: list[str] | None = None) -> None:
    """Create the contestant, send its facts, and answer requests."""
    options = _parse(arguments)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    with open(os.devnull, "w") as nowhere:  # TFLearn's fit prints every step
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    os.environ["TERM"] = "dumb"  # otherwise it makes the terminal hide the cursor
    task = Task(
        options.config, tuple(options.overrides), options.data_dir, options.folder
    )

    def answer(do: Callable[[], dict[str, Any]]) -> None:
        try:
            reply = do() | {"peak_bytes": peak_bytes()}
        except BeenetError as error:
            reply = {"error": str(error)}
        out.write(json.dumps(reply) + "\n")
        out.flush()

    contestants: list[Any] = []

    def begin() -> dict[str, Any]:
        if task.config.training.device == "cpu":
            os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
        # Otherwise stock TFLearn would take all of a GPU's memory.
        os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
        contestants.append(_CONTESTANTS[options.contestant](task, options))
        facts: dict[str, Any] = contestants[0].facts()
        return facts

    answer(begin)
    for line in sys.stdin:
        request = json.loads(line)
        method = getattr(contestants[0], request.pop("do"))
        answer(functools.partial(method, **request))


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m beenet.bench.worker")
    parser.add_argument("contestant", choices=_CONTESTANTS)
    parser.add_argument("config", type=Path)
    parser.add_argument("-o", dest="overrides", action="append", default=[])
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--inter", type=int, default=0)
    parser.add_argument("--jit", action="store_true")
    parser.add_argument("--onednn", action="store_true")
    return parser.parse_args(arguments)


def _tflearn(task: Task, options: argparse.Namespace) -> Any:
    if not options.onednn:
        # Before beenet, which would make TensorFlow use other kernels than in a script.
        import tensorflow  # noqa: F401
    from beenet.bench.tflearn_contestant import Stock

    return Stock(task)


def _beenet(task: Task, options: argparse.Namespace) -> Any:
    from beenet.bench.beenet_contestant import Ours

    return Ours(task)


def _identity(task: Task, options: argparse.Namespace) -> Any:
    from beenet.bench.identity import Identity

    return Identity(task, options.threads, options.inter)


def _rates(task: Task, options: argparse.Namespace) -> Any:
    from beenet.bench.rates import Rates

    return Rates(options.threads)


def _keras(task: Task, options: argparse.Namespace) -> Any:
    from beenet.bench.peers.keras3 import Keras

    return Keras(task, options.threads, jit=options.jit)


def _torch(task: Task, options: argparse.Namespace) -> Any:
    from beenet.bench.peers.pytorch import Torch

    return Torch(task, options.threads)


def _jax(task: Task, options: argparse.Namespace) -> Any:
    from beenet.bench.peers.jax_scan import Jax

    return Jax(task)


_CONTESTANTS: dict[str, Callable[[Task, argparse.Namespace], Any]] = {
    "tflearn": _tflearn,
    "beenet": _beenet,
    "identity": _identity,
    "rates": _rates,
    "keras": _keras,
    "torch": _torch,
    "jax": _jax,
}

if __name__ == "__main__":
    main()
