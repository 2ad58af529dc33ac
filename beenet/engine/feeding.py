"""Gather and prepare training batches from a split in memory or on disk."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from beenet.datasets import Split
from beenet.datasets.encode import decode
from beenet.network.network import Network


@dataclass(frozen=True)
class Batches:
    """Consecutive batches of one epoch."""

    x: NDArray[Any]
    """As stored, or float32 if prepared, [steps, batch, *shape]."""

    y: NDArray[np.float32]
    """float32 [steps, batch, n_classes]."""

    @property
    def steps(self) -> int:
        """The number of batches."""
        return len(self.y)


Floats = NDArray[np.float32]
Prepare = Callable[[NDArray[Any], int], Floats]
"""Maps stored examples, and the position of the first one in the epoch, to the
network's input: float32 [n, *shape]."""


def prepared_epoch(network: Network, n: int, *, seed: int, epoch: int) -> Prepare:
    """Return the function that prepares a network's examples in one epoch.

    TFLearn's order: augmentation, then preprocessing.

    Args:
        network: the network, with all statistics that its preprocessing needs.
        n: the number of examples in the epoch.
        seed: the run's seed.
        epoch: counted from 0.
    """
    preprocess = _preprocess(network)
    if network.augmenter is None:
        return lambda stored, first: preprocess(decode(stored))
    augment = network.augmenter.epoch(n, seed=seed, epoch=epoch)
    return lambda stored, first: preprocess(augment(decode(stored), first))


def prepared(network: Network) -> Callable[[NDArray[Any], "AlignedBuffer"], Floats]:
    """Return the function that prepares examples of any split, without augmentation.

    It takes them as stored, and a buffer for them that no other thread uses meanwhile.

    Raises:
        NetworkError: the statistics of its preprocessing are not known.
    """
    preprocess = _preprocess(network)
    return lambda stored, room: preprocess(
        decode(stored, room.array(stored.shape, np.float32))
    )


def _preprocess(network: Network) -> Callable[[Floats], Floats]:
    if network.preprocessor is None:
        return lambda x: x
    return network.preprocessor.reader(network.session)


_ALIGNMENT = 64  # bytes


class AlignedBuffer:
    """A reusable buffer for arrays, aligned so that TensorFlow feeds without a copy.

    TensorFlow copies an array that does not begin at a multiple of 64 bytes into new
    memory while training waits: up to a fifteenth of a small network's time.
    """

    def __init__(self) -> None:
        """Begin with an empty buffer."""
        self._bytes = np.empty(0, np.uint8)

    def array(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Return an array to write to; it overwrites the previous one."""
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if len(self._bytes) < size + _ALIGNMENT:
            self._bytes = np.empty(size + _ALIGNMENT, np.uint8)
        start = -self._bytes.ctypes.data % _ALIGNMENT
        array: NDArray[Any] = self._bytes[start : start + size].view(dtype)
        return array.reshape(shape)


def gather(
    split: Split,
    rows: NDArray[np.int64],
    batch_size: int,
    first: int = 0,
    prepare: Prepare | None = None,
    room: AlignedBuffer | None = None,
) -> Batches:
    """Copy ``rows`` of a split into batches; ``batch_size`` divides their number.

    Args:
        split: contains the examples.
        rows: their indices.
        batch_size: examples in a batch.
        first: the position in the epoch of the first of them.
        prepare: the preparation; None leaves them as stored.
        room: the buffer for the examples; None allocates one.
    """
    y, room = split.y[rows], room or AlignedBuffer()
    if prepare is None:
        x = room.array((len(rows), *split.x.shape[1:]), split.x.dtype)
        np.take(split.x, rows, axis=0, out=x, mode="clip")  # "raise" copies twice
    else:
        fresh = prepare(split.x[rows], first)
        x = room.array(fresh.shape, fresh.dtype)
        x[...] = fresh
    return Batches(
        x.reshape(-1, batch_size, *x.shape[1:]),
        y.reshape(-1, batch_size, *y.shape[1:]),
    )
