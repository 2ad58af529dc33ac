"""How many trials fit on this machine's GPUs, measured by the first of them."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

_SOME = 64
"""MiB that a trial must take for it to count as one that uses the GPU."""
_SPARE = 0.9
"""Of what is free, the part that trials may fill: their needs are not quite alike."""


@dataclass(frozen=True)
class Gpu:
    """A GPU, as the driver sees it."""

    index: str
    """What ``CUDA_VISIBLE_DEVICES`` calls it."""
    free: int
    """MiB."""
    uuid: str = ""
    """What it may also be called there, whole or its beginning."""

    def is_called(self, name: str) -> bool:
        """Return whether an entry of ``CUDA_VISIBLE_DEVICES`` means it."""
        return bool(name) and (name == self.index or self.uuid.startswith(name))


def read_gpus() -> list[Gpu]:
    """Return the GPUs that this process may use, as nvidia-smi tells; none without."""
    smi = shutil.which("nvidia-smi")
    if smi is None:
        return []
    fields = "--query-gpu=index,uuid,memory.free"
    command = [smi, fields, "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(
            command, capture_output=True, text=True, timeout=30, check=True
        ).stdout
        lines = (line.split(",") for line in told.splitlines() if line.strip())
        found = [Gpu(n.strip(), int(free), uuid.strip()) for n, uuid, free in lines]
    except (OSError, subprocess.SubprocessError, ValueError):
        return []
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    if allowed is None:
        return found
    names = [name.strip() for name in allowed.split(",")]
    return [gpu for gpu in found if any(gpu.is_called(name) for name in names)]


class GpuShares:
    """Which GPU a trial gets, and how many share one.

    The first trial runs alone. Once it has trained for an epoch and looked at test,
    what is no longer free on its GPU is what a trial takes, and as many as fit are let
    in. TensorFlow gives nothing back while its process lives, so that is the most it
    took.
    """

    def __init__(self, read: Callable[[], list[Gpu]] = read_gpus) -> None:
        """See what there is; ``read`` tells of the GPUs."""
        self._read = read
        self._before = {gpu.index: gpu.free for gpu in read()}
        self._holds: dict[str, int] | None = None
        """How many trials each holds, once that is measured."""
        self._on: dict[str, str] = {}

    @property
    def slots(self) -> int:
        """How many trials at a time; without GPUs, or if they use none, any number."""
        if not self._before:
            return sys.maxsize
        if self._holds is None:
            return 1
        return sum(self._holds.values()) or sys.maxsize

    def take(self, trial: str) -> str | None:
        """Return the GPU with the most room for a trial; None where there is none."""
        holds = dict.fromkeys(self._before, 1) if self._holds is None else self._holds
        if not holds:
            return None
        taken = Counter(self._on.values())
        self._on[trial] = min(holds, key=lambda gpu: taken[gpu] / holds[gpu])
        return self._on[trial]

    def alone(self) -> None:
        """Hear that a config names its own GPU: then one trial at a time."""
        self._holds = dict.fromkeys(list(self._before)[:1], 1)

    def looked(self, trial: str) -> None:
        """Hear that a trial has trained for an epoch: measure, unless that is done."""
        if self._holds is not None or not self._before:
            return
        self._holds = {}
        if (gpu := self._on.get(trial)) is None:  # it trains on the CPU
            return
        now = {gpu.index: gpu.free for gpu in self._read()}
        took = self._before[gpu] - now.get(gpu, 0)
        if took >= _SOME:  # else TensorFlow has no CUDA
            for index, free in self._before.items():
                self._holds[index] = max(1, int(free * _SPARE) // took)

    def leave(self, trial: str) -> None:
        """Hear that a trial is over."""
        self._on.pop(trial, None)
