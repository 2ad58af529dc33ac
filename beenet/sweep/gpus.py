"""Determine how many trials fit on this machine's GPUs, by measuring the first."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

_SOME = 64
"""MiB of GPU memory from which a trial counts as using the GPU."""
_SPARE = 0.9
"""The part of the free memory that trials may fill: their needs differ a little."""


@dataclass(frozen=True)
class Gpu:
    """A GPU, as the driver reports it."""

    index: str
    """Its number in ``CUDA_VISIBLE_DEVICES``."""
    free: int
    """Free memory, MiB."""
    uuid: str = ""
    """Its alternative name there, which may be abbreviated to a prefix."""

    def is_called(self, name: str) -> bool:
        """Return whether an entry of ``CUDA_VISIBLE_DEVICES`` refers to it."""
        return bool(name) and (name == self.index or self.uuid.startswith(name))


def read_gpus() -> list[Gpu]:
    """Return the GPUs that this process may use, by nvidia-smi; none without it."""
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
    """Assigns GPUs to trials, and limits how many share one.

    The first trial runs alone. Once it has trained for an epoch and scored test, the
    memory no longer free on its GPU is taken as a trial's need, and as many as fit are
    started. TensorFlow frees nothing while its process lives, so that is the maximum
    it used.
    """

    def __init__(self, read: Callable[[], list[Gpu]] = read_gpus) -> None:
        """Query the GPUs with ``read``."""
        self._read = read
        self._before = {gpu.index: gpu.free for gpu in read()}
        self._holds: dict[str, int] | None = None
        """How many trials fit on each; None until that is measured."""
        self._on: dict[str, str] = {}

    @property
    def slots(self) -> int:
        """The number of trials at a time; unlimited if no GPU exists or is used."""
        if not self._before:
            return sys.maxsize
        if self._holds is None:
            return 1
        return sum(self._holds.values()) or sys.maxsize

    def take(self, trial: str) -> str | None:
        """Return the least loaded GPU for a trial; None if there is none."""
        holds = dict.fromkeys(self._before, 1) if self._holds is None else self._holds
        if not holds:
            return None
        taken = Counter(self._on.values())
        self._on[trial] = min(holds, key=lambda gpu: taken[gpu] / holds[gpu])
        return self._on[trial]

    def alone(self) -> None:
        """Handle a config that names its GPU: run one trial at a time."""
        self._holds = dict.fromkeys(list(self._before)[:1], 1)

    def looked(self, trial: str) -> None:
        """Handle a trial's first completed epoch: measure, unless already done."""
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
        """Handle the end of a trial."""
        self._on.pop(trial, None)
