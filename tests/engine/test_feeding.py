"""Batches lie where TensorFlow takes them without a copy, while they are needed."""

from types import SimpleNamespace

import numpy as np
import pytest

from beenet.datasets import Split
from beenet.engine.feeding import AlignedBuffer, gather, prepared_epoch


@pytest.fixture
def split():
    """Forty examples, each of its own number."""
    x = np.arange(40, dtype=np.uint8)[:, None].repeat(7, axis=1)
    return Split(x, np.eye(40, dtype=np.float32))


def test_arrays_of_a_room_begin_where_a_cache_line_does():
    room = AlignedBuffer()
    for shape in [(3, 5), (1,), (1000, 7), (2, 2)]:
        for dtype in (np.uint8, np.float32):
            array = room.array(shape, dtype)
            assert (array.shape, array.dtype) == (shape, dtype)
            assert array.ctypes.data % 64 == 0
            assert array.flags.c_contiguous


def test_a_room_gives_the_same_memory_again():
    room = AlignedBuffer()
    first = room.array((100,), np.float32)
    assert np.shares_memory(first, room.array((50,), np.float32))


def test_rows_are_gathered_in_order_and_by_batches(split):
    rows = np.array([5, 3, 39, 0, 7, 7])
    batches = gather(split, rows, 3)
    assert batches.steps == 2
    assert batches.x.shape == (2, 3, 7)
    assert batches.x.dtype == np.uint8
    assert (batches.x[..., 0].ravel() == rows).all()
    assert (batches.y.argmax(-1).ravel() == rows).all()


def test_what_is_prepared_lies_in_the_room_too(split):
    room, seen = AlignedBuffer(), []

    def prepare(stored, first):
        seen.append(first)
        return stored.astype(np.float32) / 2

    batches = gather(split, np.array([4, 2]), 2, 6, prepare, room)
    assert seen == [6]
    assert batches.x[0, :, 0].tolist() == [2.0, 1.0]
    assert np.shares_memory(batches.x, room.array((2, 7), np.float32))


def test_without_a_room_nothing_is_shared(split):
    rows = np.array([1, 2])
    assert not np.shares_memory(gather(split, rows, 1).x, gather(split, rows, 1).x)


def test_augmentation_comes_before_preprocessing():
    network = SimpleNamespace(
        session=None,
        augmenter=SimpleNamespace(epoch=lambda n, **_: lambda x, first: x * 2),
        preprocessor=SimpleNamespace(reader=lambda _: lambda x: x + 1),
    )
    prepare = prepared_epoch(network, 1, seed=1, epoch=0)
    assert prepare(np.float32([[3]]), 0).tolist() == [[7]]
