"""Run an exported script as a user would."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from beenet.errors import ExportError
from beenet.system.thread_plan import ThreadPlan


def run(
    script: Path, prefix: Path, x: NDArray[np.float32], plan: ThreadPlan
) -> NDArray[np.float32]:
    """Return the outputs that a script prints for examples, run in a new process.

    Args:
        script: the script; the examples are temporarily written beside it.
        prefix: the `.tfl` that it loads.
        x: float32 [n, *shape].
        plan: the threads that it may use, on which the last bits depend.

    Raises:
        ExportError: it fails; contains the last line of its stderr.
    """
    examples = script.with_name("examples.npy")
    np.save(examples, x)
    threads = {
        "TF_NUM_INTRAOP_THREADS": str(plan.intra),
        "TF_NUM_INTEROP_THREADS": str(plan.inter),
        "CUDA_VISIBLE_DEVICES": "",
    }
    done = subprocess.run(
        [sys.executable, str(script), str(prefix), str(examples)],
        capture_output=True,
        text=True,
        env={**os.environ, **threads},
        check=False,
    )
    examples.unlink()
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise ExportError(f"the script written for {prefix} fails: {lines[-1]}")
    numbers = [line.split("\t")[1:] for line in done.stdout.splitlines()]
    return np.array(numbers, np.float32)
