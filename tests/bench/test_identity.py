"""The comparison of weights is really made: what differs is found."""

import numpy as np
import pytest

from beenet.bench.beenet_contestant import build_task, first_variables, rows_of
from beenet.bench.identity import Identity
from beenet.bench.task import Task
from beenet.system.thread_plan import ThreadPlan
from tests.conftest import slow


def make_task(tiny_data, folder, *overrides):
    task = Task(tiny_data / "tiny.yaml", overrides, None, folder)
    with build_task(task, "cpu", ThreadPlan(1, 1)) as network:
        task.save_weights(network.session.run(first_variables(network)))
    task.save_rows(rows_of(task.schedule(16), task.config.training.seed))
    return task


@pytest.fixture(scope="module")
def task(tiny_data, tmp_path_factory):
    """Two epochs of the tiny config, with first weights and rows of batches."""
    return make_task(tiny_data, tmp_path_factory.mktemp("task"))


@pytest.mark.parametrize(
    "overrides",
    [
        [
            "preprocessing=[featurewise_zero_center, {featurewise_stdnorm: {std: 1}}]",
            "augmentation=[random_flip_leftright, {random_rotation: {max_angle: 9}}]",
        ],
        slow(
            [
                "training.class_weights=[1, 2, 3]",
                "training.schedule={step: {every: 1, factor: 0.1}}",
            ]
        ),
    ],
)
def test_what_is_done_to_examples_is_no_difference(tiny_data, tmp_path, overrides):
    verdict = Identity(make_task(tiny_data, tmp_path, *overrides), 1, 1).compare()
    assert verdict["differing"] == []
    assert verdict["steps"] == 16


def test_the_same_batches_give_the_same_bits(task):
    verdict = Identity(task, 1, 1).compare()
    assert verdict["identical"] is True
    assert verdict["differing"] == []
    assert verdict["steps"] == 16
    assert verdict["numbers"] > 600
    assert verdict["tflearn_repeats"] is None


@pytest.mark.slow
def test_another_order_is_found_out(task):
    rows = task.rows()
    rows[[3, 4]] = rows[[4, 3]]
    verdict = Identity(task, 1, 1).verdict(rows)
    assert not verdict.identical
    assert {"conv/W", "fc/W", "out/W", "the losses"} <= set(verdict.differing)
    assert verdict.largest > 0
    assert verdict.tflearn_repeats is True


def test_one_bit_of_one_weight_is_found_out(task):
    weights = task.weights()
    bits = weights["fc/W"].view(np.int32)
    bits[5, 5] ^= 1
    verdict = Identity(task, 1, 1).verdict(task.rows(), weights)
    assert not verdict.identical
    assert "fc/W" in verdict.differing


def test_rows_are_whole_batches_of_each_epoch(task):
    rows = task.rows()
    assert rows.shape == (16, 7)
    for epoch in (rows[:8], rows[8:]):
        assert sorted(epoch.ravel()) == list(range(56))
    assert not np.array_equal(rows[:8], rows[8:])


@pytest.mark.parametrize(
    ("steps", "text", "n"),
    [
        (1, "1 of the 8 steps of an epoch", 7),
        (5, "5 of the 8 steps of an epoch", 35),
        (8, "a whole epoch of 8 steps", 56),
        (20, "2 whole epochs of 8 steps", 56),
    ],
)
def test_rounds_are_parts_of_an_epoch_or_whole_ones(task, steps, text, n):
    schedule = task.schedule(steps)
    assert (str(schedule), schedule.n) == (text, n)
    assert task.schedule(schedule.steps) == schedule
