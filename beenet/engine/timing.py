"""Measure how long a training step takes, on a network that is discarded afterwards."""

import time
from collections.abc import Generator

from beenet.datasets import Split
from beenet.engine.loop import Chunk, TrainLoop
from beenet.network.network import Network

_STEPS = 20  # per chunk, at most
_LAP = 0.03  # seconds per chunk: with slow steps it has fewer
_EXAMPLES = 1000  # for preprocessing's statistics, whose values do not affect the time


class StepTimer:
    """Trains a network for short periods, and measures the seconds per step."""

    def __init__(self, network: Network, split: Split, *, batch_size: int) -> None:
        """Compile the training loop, and run the first steps, which include set-up.

        Args:
            network: built only for this measurement; its weights change.
            split: the examples to train on.
            batch_size: examples a step.
        """
        if network.preprocessor is not None:
            network.preprocessor.fit(network.session, split.x[:_EXAMPLES])
        self._loop = TrainLoop(
            network, split, batch_size=batch_size, seed=0, chunk_steps=1
        )
        self._chunks = self._train()
        next(self._chunks)
        seconds = self.seconds_per_step(_LAP / _STEPS)
        self._loop.chunk_steps = max(1, min(_STEPS, int(_LAP / seconds)))
        next(self._chunks)  # was gathered already

    def seconds_per_step(self, budget: float) -> float:
        """Train for ``budget`` seconds or more, in whole chunks; return s per step."""
        steps, passed, began = 0, 0.0, time.perf_counter()
        while passed < budget:
            steps += len(next(self._chunks).losses)
            passed = time.perf_counter() - began
        return passed / steps

    def close(self) -> None:
        """Stop the thread that gathers batches."""
        self._chunks.close()

    def _train(self) -> Generator[Chunk, None, None]:
        epoch = 0
        while True:
            yield from self._loop.run_epoch(epoch)
            epoch += 1
