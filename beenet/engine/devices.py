"""Choose the device on which a network runs, and restrict TensorFlow to it."""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from beenet.config.model import DEVICE, DEVICE_WORDS
from beenet.errors import DeviceError
from beenet.system.thread_plan import ThreadPlan
from beenet.tflearn_backend import quiet_stderr, tf


def choose_device(requested: str, available: Sequence[str]) -> str:
    """Return the device to run on, one of ``available``.

    Args:
        requested: ``auto`` (the first GPU, else the CPU), ``cpu``, ``gpu`` (the
            first GPU) or ``gpu:N``.
        available: what this machine has, as ``available_devices`` lists it.

    Raises:
        DeviceError: the word is none of these, or the GPU does not exist.
    """
    gpus = [device for device in available if device.startswith("gpu:")]
    if requested == "cpu" or (requested == "auto" and not gpus):
        return "cpu"
    if requested in ("auto", "gpu") and gpus:
        return gpus[0]
    if requested in gpus:
        return requested
    if not re.fullmatch(DEVICE, requested):
        raise DeviceError(f"device must be {DEVICE_WORDS}, got {requested!r}")
    raise DeviceError(
        f"device {requested} was asked for, but this machine has only: "
        + ", ".join(available)
    )


def available_devices() -> list[str]:
    """Return ``cpu`` and the GPUs that TensorFlow sees, e.g. ``["cpu", "gpu:0"]``."""
    with quiet_stderr():  # without CUDA, TensorFlow logs the search for it as an error
        gpus = tf.config.list_physical_devices("GPU")
    return ["cpu", *(f"gpu:{i}" for i in range(len(gpus)))]


def settle_process(device: str, plan: ThreadPlan) -> None:
    """Have TensorFlow create this process's threads and devices as the session needs.

    The first use decides for the process, and for a network with dropout or batch
    normalization the session is not the first: building the ``tf.cond`` in them makes
    TensorFlow take every core, every GPU and all of its memory.

    If TensorFlow has already created them, they stay as they are.

    Args:
        device: one of ``available_devices()``.
        plan: the thread counts.
    """
    with suppress(RuntimeError):  # they exist already
        tf.config.threading.set_intra_op_parallelism_threads(plan.intra)
        tf.config.threading.set_inter_op_parallelism_threads(plan.inter)
        with quiet_stderr():
            gpus = tf.config.list_physical_devices("GPU")
        own = [] if device == "cpu" else [gpus[int(device.removeprefix("gpu:"))]]
        tf.config.set_visible_devices(own, "GPU")
        for gpu in own:
            tf.config.experimental.set_memory_growth(gpu, True)


def session_config(device: str, plan: ThreadPlan) -> Any:
    """Return the ``tf.ConfigProto`` of a session on ``device`` under ``plan``.

    Args:
        device: one of ``available_devices()``.
        plan: the thread counts.
    """
    config = tf.ConfigProto(
        intra_op_parallelism_threads=plan.intra,
        inter_op_parallelism_threads=plan.inter,
        use_per_session_threads=True,  # another session's plan must not be inherited
        allow_soft_placement=True,  # an op without a GPU kernel runs on the CPU
    )
    if device == "cpu":
        config.device_count["GPU"] = 0
    else:
        config.gpu_options.visible_device_list = device.removeprefix("gpu:")
        config.gpu_options.allow_growth = True  # leave room for the next process
    return config
