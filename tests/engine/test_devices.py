"""Which device a run uses, and what its session is told."""

import pytest

from beenet.engine import Plan, available_devices, choose_device, session_config
from beenet.errors import DeviceError

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
    config = session_config("cpu", Plan(2, 1))
    assert config.device_count["GPU"] == 0
    assert config.intra_op_parallelism_threads == 2
    assert config.inter_op_parallelism_threads == 1


def test_a_gpu_session_sees_one_gpu_and_leaves_room():
    config = session_config("gpu:1", Plan(1, 1))
    assert config.gpu_options.visible_device_list == "1"
    assert config.gpu_options.allow_growth
    assert config.allow_soft_placement
