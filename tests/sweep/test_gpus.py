"""Trials that share GPUs, on GPUs that a test makes up: none was here to measure on."""

import os
import stat
import sys

import pytest

from beenet.sweep.gpus import Gpu, GpuShares, read_gpus
from beenet.sweep.local import LocalExecutor
from beenet.sweep.task import Ended, Looked, Task


class Driver:
    """GPUs whose free memory a test sets, in MiB."""

    def __init__(self, *free):
        self.free = list(free)

    def __call__(self):
        return [Gpu(str(i), free) for i, free in enumerate(self.free)]


def test_the_first_trial_runs_alone_and_measures_how_many_fit():
    driver = Driver(10_000, 24_000)
    shares = GpuShares(driver)
    assert shares.slots == 1
    assert shares.take("a") == "0"
    driver.free[0] -= 3_000
    shares.looked("a")
    assert shares.slots == 3 + 7  # of 9,000 and 21,600 MiB, 3,000 each
    taken = [shares.take(f"b{i}") for i in range(9)]
    assert (taken.count("0"), taken.count("1")) == (2, 7)
    shares.leave("a")
    assert shares.take("c") == "0"
    driver.free[0] = 1
    shares.looked("c")  # it was measured once
    assert shares.slots == 10


def test_a_trial_that_fills_a_gpu_has_it_for_itself():
    driver = Driver(8_000, 8_000)
    shares = GpuShares(driver)
    shares.take("a")
    driver.free[0] = 100
    shares.looked("a")
    assert shares.slots == 2
    assert shares.take("b") == "1"


@pytest.mark.parametrize("free", [[], [8_000]])
def test_without_a_gpu_in_use_the_cores_decide(free):
    shares = GpuShares(Driver(*free))
    shares.take("a")
    shares.looked("a")  # nothing is taken: TensorFlow has no CUDA
    assert shares.slots == sys.maxsize
    assert shares.take("b") is None


def test_a_trial_told_to_train_on_the_cpu_measures_nothing():
    shares = GpuShares(Driver(8_000))
    shares.looked("a")
    assert shares.slots == sys.maxsize


@pytest.fixture
def smi(tmp_path, monkeypatch):
    def smi(script):
        path = tmp_path / "nvidia-smi"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    return smi


def test_what_the_driver_tells_is_read(smi, monkeypatch):
    smi("echo '0, GPU-ab12, 10997'; echo '1, GPU-cd34, 24001'")
    first, second = Gpu("0", 10997, "GPU-ab12"), Gpu("1", 24001, "GPU-cd34")
    assert read_gpus() == [first, second]
    for named, found in (
        ("1", [second]),
        ("0, 1", [first, second]),
        ("GPU-cd34", [second]),
        ("GPU-ab", [first]),
        ("", []),
        ("7", []),
    ):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", named)
        assert read_gpus() == found


@pytest.mark.parametrize(
    "script", ["exit 9", "echo No devices were found", "echo '0, GPU-ab12, [N/A]'"]
)
def test_a_driver_that_does_not_answer_means_no_gpu(smi, script):
    smi(script)
    assert read_gpus() == []


def tell(task, sink, log):
    """Stand for a trial: look at test, say which GPU it was given, end."""
    sink.send(Looked(task.name, 1, 0.5))
    sink.send(Ended(task.name, "finished", f"on {task.gpu}"))
    sink.close()


def test_trials_get_their_gpus_and_more_of_them_run_after_the_first(
    tmp_path, monkeypatch
):
    driver = Driver(9_000)
    executor = LocalExecutor(3, 1, tmp_path, tell, GpuShares(driver))
    assert executor.slots == 1

    def run(name, device):
        executor.submit(Task(name, {"training": {"device": device}}, "", None, 1))
        driver.free[0] = 5_000
        while True:
            for event in executor.events(5.0):
                if isinstance(event, Ended):
                    return event.text

    assert run("a", "auto") == "on 0"
    assert executor.slots == 2
    assert run("b", "cpu") == "on None"
    assert run("c", "gpu:0") == "on None"  # it has chosen; the next may choose the same
    assert executor.slots == 1
    executor.close()
