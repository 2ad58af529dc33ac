"""Copies by digest, and what is wrong with single examples."""

import numpy as np
import pytest

from beenet.audit.examples import Examples
from beenet.audit.likeness import likeness_for
from beenet.audit.scan import scan


def seen(dataset):
    return scan(Examples(dataset), likeness_for(dataset.shape))


@pytest.fixture
def faults(draw, opened):
    """Plant faults in train, and return what a scan sees."""

    def plant(kind, **changes):
        x = draw(kind)
        for row, change in enumerate(changes.values()):
            x["train"][row] = change(x["train"][row])
        return seen(opened(x))

    return plant


def test_equal_values_are_one_group_whatever_they_are_stored_as(draw, opened):
    x = draw("pictures")
    x["valid"][5] = x["train"][9]
    x["test"][1] = x["test"][2]
    # train is stored as bytes, valid as floats: one value of it is no k/255.
    x["valid"][0, 0, 0, 0] = 0.12345
    dataset = opened(x)
    assert (dataset.split("train").x.dtype, dataset.split("valid").x.dtype) == (
        np.uint8,
        np.float32,
    )
    group = seen(dataset).group
    assert group[9] == group[80 + 5]
    assert group[60 + 1] == group[60 + 2]
    assert len(np.unique(group)) == 104 - 2


def test_constant_and_clipped_pictures_are_found(faults):
    found = faults(
        "pictures",
        constant=lambda x: x * 0 + 0.5,
        dotted=lambda x: np.where(np.indices(x.shape).sum(0) == 0, 0.502, 0.5),
        black=lambda x: x * 0,
        glaring=lambda x: np.clip(6 * x - 1, 0, 1),
        dark=lambda x: np.clip(2 * x - 1.2, 0, 1),
        good=lambda x: x,
    )
    assert np.flatnonzero(found.flat).tolist() == [0, 1, 2]
    assert np.flatnonzero(found.clipped).tolist() == [3, 4]
    assert found.ground == ()


@pytest.mark.parametrize(("scale", "offset"), [(1, -0.5), (30, 20_000)])
def test_values_of_another_scale_are_not_clipped(draw, opened, scale, offset):
    x = {name: scale * rows + offset for name, rows in draw("pictures").items()}
    found = seen(opened(x))
    assert not found.clipped.any()
    assert found.ground == ()
    everything = np.concatenate([x[name] for name in ("train", "test", "valid")])
    rows = everything.reshape(len(everything), -1).astype(np.float32)
    expected = rows.astype(np.float64).var(axis=1)
    assert found.variance == pytest.approx(expected, rel=1e-3)


def test_a_ground_that_most_pictures_have_is_no_fault(draw, opened):
    x = draw("pictures")
    for split in x:
        x[split][:, :8] = 0
    x["test"][4, 8:] = 1
    found = seen(opened(x))
    assert found.ground == ("0",)
    assert np.flatnonzero(found.clipped).tolist() == [60 + 4]


def test_silent_and_clipped_recordings_are_found(faults):
    sine = np.sin(np.arange(400) / 7).reshape(400, 1, 1).astype(np.float32)
    found = faults(
        "sounds",
        silent=lambda x: x * 0,
        faint=lambda x: x * 0.0005,
        clipped=lambda x: np.clip(x, -0.4, 0.4),
        clipped_above=lambda x: np.minimum(x, 0.4),
        sine=lambda x: sine,
    )
    assert np.flatnonzero(found.flat).tolist() == [0, 1]
    assert np.flatnonzero(found.clipped).tolist() == [2, 3]


def test_values_are_summed_up(draw, opened):
    x = draw("pictures")
    found = seen(opened(x))
    everything = np.concatenate(list(x.values())).reshape(104, -1)
    assert found.low == pytest.approx(everything.min(axis=1))
    assert found.high == pytest.approx(everything.max(axis=1))
    assert found.mean == pytest.approx(everything.mean(axis=1), rel=1e-5)
    assert found.variance == pytest.approx(everything.var(axis=1), rel=1e-5)
