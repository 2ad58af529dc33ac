"""Which experiments are one and the same, but for chance."""

import pytest

from beenet.config.identity import but_for_seed

HASHES = {"train_X.pck": "ab"}


@pytest.mark.parametrize(
    ("flag", "same"),
    [
        *((f"training.{key}", True) for key in (
            "seed=6", "device=gpu", "threads=4", "checkpoint_every=1",
        )),
        ("name=other", True),
        *((f"training.{key}", False) for key in (
            "batch_size=8", "shuffle=false", "epochs=9", "clip_gradients=1",
        )),
    ],
)  # fmt: skip
def test_what_another_seed_may_differ_in(tiny, flag, same):
    first, other = (but_for_seed(tiny(*of).config, HASHES) for of in ((), (flag,)))
    assert (first == other) is same


def test_data_of_ones_own_go_by_their_bytes_not_their_place(tiny):
    here, there = tiny().config, tiny("dataset.path=/elsewhere").config
    assert but_for_seed(here, HASHES) == but_for_seed(there, HASHES)
    assert but_for_seed(here, HASHES) != but_for_seed(here, {"train_X.pck": "cd"})
    assert but_for_seed(here, HASHES) != but_for_seed(here, HASHES, "ef")
