"""The training loop: many steps of TFLearn's train op in one ``session.run``."""

import itertools
import time
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beenet.datasets import Split
from beenet.engine.compiled import CompiledSteps
from beenet.engine.feeding import (
    AlignedBuffer,
    Batches,
    Prepare,
    gather,
    prepared_epoch,
)
from beenet.engine.shuffle import epoch_order
from beenet.errors import DivergedError
from beenet.network.network import Network

# A chunk should last long enough to make its fixed costs negligible, and end soon
# enough for a progress bar and for Ctrl-C.
_CHUNK_SECONDS = 0.25
_FIRST_CHUNK = 8
_CHUNK_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Chunk:
    """Some consecutive completed steps of an epoch."""

    step: int
    """Completed steps of the epoch, including this chunk's."""

    losses: NDArray[np.float32]
    """TFLearn's loss of each batch (without regularization), float32 [steps]."""

    metrics: NDArray[np.float32]
    """TFLearn's metric (accuracy) of each batch, float32 [steps]; NaN without one."""


class TrainLoop:
    """Trains a network on a split, epoch by epoch, as TFLearn's ``fit`` would.

    Attributes:
        steps_per_epoch: batches in an epoch, including a smaller last one.
        chunk_steps: a fixed chunk length; a change takes effect from the chunk after
            next; None adapts the length. No result depends on it.
    """

    def __init__(
        self,
        network: Network,
        split: Split,
        *,
        batch_size: int,
        seed: int,
        shuffle: bool = True,
        chunk_steps: int | None = None,
        stateful_random: bool = False,
    ) -> None:
        """Compile the training step of ``network`` into a loop, inside its graph.

        Args:
            network: the network to train.
            split: the examples to train on.
            batch_size: examples a step; the last step of an epoch takes what is left.
            seed: together with epoch and step, determines every random number.
            shuffle: visit the examples in a new order every epoch.
            chunk_steps: see above.
            stateful_random: keep TFLearn's random operations and their hidden state,
                for tests against TFLearn's own loop.

        Raises:
            NetworkError: a random operation of the network cannot be keyed.
        """
        self.steps_per_epoch = -(-len(split.x) // batch_size)
        self._network = network
        self._split = split
        self._batch_size = batch_size
        self._seed = seed
        self._shuffle = shuffle
        self.chunk_steps = chunk_steps
        self._buffers = itertools.cycle(
            [AlignedBuffer(), AlignedBuffer()]
        )  # one fills, one is trained on
        self._prepares = (
            network.preprocessor is not None or network.augmenter is not None
        )
        dtype = np.dtype(np.float32) if self._prepares else split.x.dtype
        batch_bytes = dtype.itemsize * split.x[:1].size * batch_size
        self._fitting = max(1, _CHUNK_BYTES // batch_bytes)
        self._length = min(_FIRST_CHUNK, self._fitting)  # of the next chunk, in steps
        whole, rest = divmod(len(split.x), batch_size)
        sizes = [size for size in (batch_size * (whole > 0), rest) if size]
        self._compiled = CompiledSteps(
            network, dtype, sizes, stateful_random=stateful_random
        )
        if network.preprocessor is not None:  # as TFLearn's `fit` begins
            network.preprocessor.fit(network.session, split.x)

    def run_epoch(
        self, epoch: int, start_step: int = 0, stop_step: int | None = None
    ) -> Generator[Chunk, None, None]:
        """Train for one epoch, from ``start_step`` on, and yield each chunk when done.

        While a chunk trains, a thread gathers the next; closing the generator ends
        that thread. The network is in training mode until the generator ends.

        Args:
            epoch: counted from 0; decides the order and the random numbers.
            start_step: the step of the epoch to begin with, to resume inside it.
            stop_step: the step before which to stop; None for the epoch's end.

        Raises:
            DivergedError: a loss is not finite.
        """
        stop = self.steps_per_epoch if stop_step is None else stop_step
        if start_step >= stop:
            return
        order = self._order(epoch)[: stop * self._batch_size]
        prepare = self._prepare(epoch)
        self._network.set_training(True)
        reader = ThreadPoolExecutor(1, "beenet-feed")
        try:
            ahead = self._read(reader, order, start_step, prepare)
            step = start_step
            while step < stop:
                batches = ahead.result()
                done = step + batches.steps
                if done < stop:  # the next one's length is settled before this is timed
                    ahead = self._read(reader, order, done, prepare)
                began = time.perf_counter()
                losses, metrics = self._compiled.run(batches, self._seed, epoch, step)
                self._adapt((time.perf_counter() - began) / batches.steps)
                _check_finite(losses, epoch, step)
                step = done
                yield Chunk(step, losses, metrics)
        finally:
            reader.shutdown(cancel_futures=True)
            self._network.set_training(False)

    def batch(self, epoch: int, step: int) -> Batches:
        """Return the one batch that a step learns from: as stored, or prepared."""
        first = step * self._batch_size
        rows = self._order(epoch)[first : first + self._batch_size]
        return gather(self._split, rows, len(rows), first, self._prepare(epoch))

    def _order(self, epoch: int) -> NDArray[np.int64]:
        return epoch_order(
            len(self._split.x), seed=self._seed, epoch=epoch, shuffle=self._shuffle
        )

    def _prepare(self, epoch: int) -> Prepare | None:
        if not self._prepares:
            return None
        n = len(self._split.x)
        return prepared_epoch(self._network, n, seed=self._seed, epoch=epoch)

    def _read(
        self,
        reader: ThreadPoolExecutor,
        order: NDArray[np.int64],
        step: int,
        prepare: Prepare | None,
    ) -> "Future[Batches]":
        """Start gathering the chunk that begins with ``step``; the last is short."""
        first = step * self._batch_size
        whole = (len(order) - first) // self._batch_size
        if whole > 0:
            steps = min(self.chunk_steps or self._length, whole)
            rows = order[first : first + steps * self._batch_size]
            size = self._batch_size
        else:
            rows = order[first:]  # the smaller last batch is a chunk of its own
            size = len(rows)
        room = next(self._buffers)
        return reader.submit(gather, self._split, rows, size, first, prepare, room)

    def _adapt(self, seconds_per_step: float) -> None:
        """Settle how many steps the next chunk takes, growing carefully."""
        if self.chunk_steps is None:
            wanted = int(_CHUNK_SECONDS / seconds_per_step)
            self._length = max(1, min(wanted, self._fitting, 4 * self._length))


def _check_finite(losses: NDArray[np.float32], epoch: int, step: int) -> None:
    """Raise DivergedError at the first loss that is not a finite number."""
    bad = np.flatnonzero(~np.isfinite(losses))
    if bad.size:
        raise DivergedError(
            f"the loss became {losses[bad[0]]} in epoch {epoch + 1}, step "
            f"{step + bad[0] + 1}",
            epoch=epoch,
            step=step + int(bad[0]),
        )
