"""How long a training step takes, measured on a network that is thrown away after."""

import time
from collections.abc import Generator

from beenet.datasets import Split
from beenet.engine.loop import Chunk, TrainLoop
from beenet.network.network import Network

_STEPS = 20  # in a lap, at most
_LAP = 0.03  # seconds: a lap of slow steps has fewer
_EXAMPLES = 1000  # whose statistics take as long as any


class StepTimer:
    """Trains a network, a moment at a time, and tells how fast it went."""

    def __init__(self, network: Network, split: Split, *, batch_size: int) -> None:
        """Compile the training loop, and do the first steps, which bring preparations.

        Args:
            network: what is built for this alone; it learns.
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
        """Train for about ``budget`` seconds, a lap at least; return a step's time."""
        steps, passed, began = 0, 0.0, time.perf_counter()
        while passed < budget:
            steps += len(next(self._chunks).losses)
            passed = time.perf_counter() - began
        return passed / steps

    def close(self) -> None:
        """End the thread that gathers batches."""
        self._chunks.close()

    def _train(self) -> Generator[Chunk, None, None]:
        epoch = 0
        while True:
            yield from self._loop.run_epoch(epoch)
            epoch += 1
