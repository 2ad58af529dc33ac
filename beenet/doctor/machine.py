"""Check TensorFlow, TFLearn and the GPU in a separate process.

A TensorFlow that does not support the processor, or a damaged one, does not raise an
error: it ends the process.
"""

import json
import shutil
import signal
import subprocess
import sys

from beenet.doctor.check_result import CheckResult
from beenet.errors import BeenetError
from beenet.system.cores import core_limit
from beenet.text.words import counted

_PATIENCE = 300  # seconds; loading TensorFlow from a cold disk may be slow
_REINSTALL = "pip install --force-reinstall tensorflow tflearn==0.5.0"


def tensorflow() -> list[CheckResult]:
    """Train a small net in a child process, and list the devices that it found."""
    try:
        core_limit()
    except BeenetError as error:  # in the child, it would look like TensorFlow's fault
        return [CheckResult("device", "broken", str(error), "unset BEENET_THREADS")]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "beenet.doctor.smoke_test"],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        text = f"did not train a small net within {_PATIENCE} s"
        return [CheckResult("TensorFlow", "broken", text, _REINSTALL)]
    if done.returncode:
        return [_failure(done.returncode, done.stderr)]
    found = json.loads(done.stdout.splitlines()[-1])
    text = (
        f"{found['tensorflow']} with TFLearn {found['tflearn']}: loaded in "
        f"{found['loading']:.1f} s, trained a small net in {found['training']:.1f} s"
    )
    return [CheckResult("TensorFlow", "ok", text), _device(found["devices"])]


def _failure(code: int, stderr: str) -> CheckResult:
    lines = stderr.strip().splitlines() or ["it said nothing"]
    if code == -signal.SIGILL:
        text = "TensorFlow needs instructions (AVX) that this processor lacks"
        remedy = "use another machine; TensorFlow's wheels are built for AVX"
        return CheckResult("TensorFlow", "broken", text, remedy)
    if code < 0:
        said = f"ended by signal {-code}: {lines[-1]}"
        return CheckResult("TensorFlow", "broken", said, _REINSTALL)
    return CheckResult("TensorFlow", "broken", lines[-1], _REINSTALL)


def _device(devices: list[str]) -> CheckResult:
    """Report the device that a training uses, and whether a GPU is left unused."""
    gpus = [device for device in devices if device.startswith("gpu:")]
    if gpus:
        return CheckResult("device", "ok", ", ".join(gpus))
    cores = core_limit()
    if _nvidia_answers():
        text = "there is a GPU, but TensorFlow does not see it"
        return CheckResult("device", "warning", text, "pip install 'beenet[gpu]'")
    return CheckResult("device", "ok", f"cpu, {counted(cores, 'core')}; no GPU")


def _nvidia_answers() -> bool:
    """Return whether NVIDIA's driver finds a GPU."""
    command = shutil.which("nvidia-smi")
    if command is None:
        return False
    try:
        return (
            subprocess.run([command], capture_output=True, timeout=30).returncode == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
