from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beenet.datasets import open_dataset
from beenet.datasets.synth import synth
from beenet.datasets.union import Chain, UnionSource, union
from beenet.errors import DatasetError

BYTES = [np.arange(n * 6, dtype=np.uint8).reshape(n, 3, 2) for n in (3, 1, 4)]
WHOLE = np.concatenate(BYTES)


@given(st.lists(st.integers(0, 7), max_size=12))
def test_rows_come_from_where_they_are(rows):
    found = Chain(BYTES)[np.array(rows, dtype=np.int64)]
    assert found.dtype == np.uint8
    assert np.array_equal(found, WHOLE[rows])


@given(st.slices(8))
def test_slices_are_those_of_the_whole(which):
    assert np.array_equal(Chain(BYTES)[which], WHOLE[which])


def test_it_answers_as_the_whole_array_does():
    chain = Chain(BYTES)
    assert (len(chain), chain.shape, chain.ndim, chain.size, chain.dtype) == (
        8, (8, 3, 2), 3, 48, np.uint8,
    )  # fmt: skip
    other = chain.reshape(8, 6, 1, 1)
    assert np.array_equal(other[2:5], WHOLE.reshape(8, 6, 1, 1)[2:5])


def test_bytes_beside_floats_are_divided():
    floats = np.full((2, 3, 2), 0.3, np.float32)
    chain = Chain([BYTES[0], floats])
    assert chain.dtype == np.float32
    expected = np.concatenate([(BYTES[0] / 255).astype(np.float32), floats])
    assert np.array_equal(chain[:], expected)
    assert np.array_equal(chain[[4, 0]], expected[[4, 0]])


@pytest.fixture
def bees():
    for name in ("BEE1_gray", "BEE4_gray", "BUZZ1"):
        synth(name, scale=0.002)
    return [open_dataset(name=name) for name in ("BEE1_gray", "BEE4_gray")]


def test_a_union_has_the_splits_of_all(bees):
    both = union(bees)
    assert both.name == "BEE1_gray + BEE4_gray"
    assert both.title == " + ".join(bee.title for bee in bees)
    assert both.synthetic
    assert set(both.hashes) == {
        f"{bee.name}/{file}" for bee in bees for file in bee.hashes
    }
    for split in ("train", "test", "valid"):
        parts, joined = [bee.split(split) for bee in bees], both.split(split)
        assert len(joined) == both.counts[split] == sum(map(len, parts))
        assert np.array_equal(joined.y, np.concatenate([part.y for part in parts]))
        assert np.array_equal(
            joined.rows([0, len(joined) - 1]),
            np.concatenate([parts[0].rows([0]), parts[1].rows([len(parts[1]) - 1])]),
        )


def test_a_union_with_a_stand_in_is_one(bees):
    real, stand_in = replace(bees[0], synthetic=False), bees[1]
    assert union([real, stand_in]).synthetic
    assert union([stand_in, real]).synthetic


def test_the_peak_of_a_union_is_the_largest():
    parts = [SimpleNamespace(peak={"train": n}.get) for n in (0.5, 2.0, 1.0)]
    assert UnionSource(tuple(parts)).peak("train") == 2.0


def test_what_does_not_fit_is_refused(bees):
    with pytest.raises(DatasetError) as caught:
        union([bees[0], open_dataset(name="BUZZ1")])
    assert str(caught.value) == (
        "BUZZ1 cannot join BEE1_gray: its examples are (4000, 1, 1) in BEE, CRICKET, "
        "NOISE, not (64, 64, 1) in BEE, NO_BEE"
    )
    with pytest.raises(DatasetError, match="joins itself: BEE1_gray, BEE1_gray"):
        union([bees[0], bees[0]])
