"""Which device a run uses, and what its session is told."""

import subprocess
import sys

import pytest

from beenet.engine import (
    available_devices,
    choose_device,
    session_config,
    settle_process,
)
from beenet.errors import DeviceError
from beenet.system.thread_plan import ThreadPlan
from beenet.tflearn_backend import tf

TWO_GPUS = ["cpu", "gpu:0", "gpu:1"]


@pytest.mark.parametrize(
    ("requested", "available", "chosen"),
    [
        ("auto", ["cpu"], "cpu"),
        ("auto", TWO_GPUS, "gpu:0"),
        ("cpu", TWO_GPUS, "cpu"),
        ("gpu", TWO_GPUS, "gpu:0"),
        ("gpu:1", TWO_GPUS, "gpu:1"),
    ],
)
def test_the_device_chosen(requested, available, chosen):
    assert choose_device(requested, available) == chosen


@pytest.mark.parametrize(
    ("requested", "available", "message"),
    [
        ("gpu", ["cpu"], "device gpu was asked for, but this machine has only: cpu"),
        (
            "gpu:2",
            TWO_GPUS,
            "device gpu:2 was asked for, but this machine has only: cpu, gpu:0, gpu:1",
        ),
        ("tpu", ["cpu"], "device must be auto, cpu, gpu or gpu:N, got 'tpu'"),
        ("gpu:one", TWO_GPUS, "device must be auto, cpu, gpu or gpu:N, got 'gpu:one'"),
        (
            "gpu:\u0661",
            TWO_GPUS,
            "device must be auto, cpu, gpu or gpu:N, got 'gpu:\u0661'",
        ),
    ],
)
def test_a_device_that_is_not_there(requested, available, message):
    with pytest.raises(DeviceError) as error:
        choose_device(requested, available)
    assert str(error.value) == message


def test_the_cpu_is_always_there_and_found_quietly(capfd):
    assert available_devices()[0] == "cpu"
    assert capfd.readouterr() == ("", "")


def test_a_cpu_session_hides_the_gpus():
    config = session_config("cpu", ThreadPlan(2, 1))
    assert config.device_count["GPU"] == 0
    assert config.intra_op_parallelism_threads == 2
    assert config.inter_op_parallelism_threads == 1


def test_a_gpu_session_sees_one_gpu_and_leaves_room():
    config = session_config("gpu:1", ThreadPlan(1, 1))
    assert config.gpu_options.visible_device_list == "1"
    assert config.gpu_options.allow_growth
    assert config.allow_soft_placement


@pytest.fixture
def settings(monkeypatch):
    """What a process with two GPUs is told, in the place of TensorFlow."""
    told = {}
    threads, experimental = tf.config.threading, tf.config.experimental
    monkeypatch.setattr(
        threads,
        "set_intra_op_parallelism_threads",
        lambda n: told.update(intra=n),
    )
    monkeypatch.setattr(
        threads,
        "set_inter_op_parallelism_threads",
        lambda n: told.update(inter=n),
    )
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["A", "B"])
    monkeypatch.setattr(
        tf.config, "set_visible_devices", lambda seen, kind: told.update({kind: seen})
    )
    monkeypatch.setattr(
        experimental,
        "set_memory_growth",
        lambda gpu, grows: told.update({gpu: grows}),
    )
    return told


@pytest.mark.parametrize(
    ("device", "gpus"),
    [
        ("cpu", {"GPU": []}),
        ("gpu:0", {"GPU": ["A"], "A": True}),
        ("gpu:1", {"GPU": ["B"], "B": True}),
    ],
)
def test_a_process_takes_what_its_session_takes(settings, device, gpus):
    settle_process(device, ThreadPlan(3, 2))
    assert settings == {"intra": 3, "inter": 2, **gpus}


def test_a_process_that_is_settled_stays_so():
    with tf.Graph().as_default():  # a `cond` settles it
        tf.cond(tf.placeholder(tf.bool, []), lambda: 1, lambda: 2)
    settle_process("cpu", ThreadPlan(5, 5))
    assert tf.config.threading.get_intra_op_parallelism_threads() != 5


DROPOUT = """
name: net
dataset: MNIST
layers:
  - flatten
  - dropout: {keep_prob: 0.5}
  - fully_connected: {n_units: 10, activation: softmax}
optimizer: sgd
"""

COUNT = """
import os, sys
from pathlib import Path
from beenet.engine import session_config, settle_process
from beenet.system.thread_plan import ThreadPlan
from beenet.config import load_config
from beenet.network.build import build

config = load_config(Path(sys.argv[2])).config
plan = ThreadPlan(int(sys.argv[1]), 1)
settle_process("cpu", plan)
options = session_config("cpu", plan)
with build(config, (4, 4, 1), 10, session_config=options):
    print(len(os.listdir("/proc/self/task")))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_a_net_with_dropout_keeps_to_its_threads(tmp_path):
    config = tmp_path / "net.yaml"
    config.write_text(DROPOUT, encoding="utf-8")
    counts = [
        int(
            subprocess.run(
                [sys.executable, "-c", COUNT, str(intra), str(config)],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for intra in (1, 6)
    ]
    assert counts[1] - counts[0] == 5
