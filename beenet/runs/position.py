"""The position of a training: whole epochs done, and steps of the next one."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from beenet.runs.history import Epoch


def _no_steps() -> NDArray[np.float32]:
    return np.zeros(0, np.float32)


@dataclass(frozen=True)
class Position:
    """Whole epochs done, and steps done of the next one.

    The values of the steps are kept one by one, so that their mean is the same number
    wherever the epoch was interrupted.
    """

    history: tuple[Epoch, ...] = ()
    """The whole epochs."""
    losses: NDArray[np.float32] = field(default_factory=_no_steps)
    """TFLearn's loss of each step of the current epoch, float32 [steps]."""
    metrics: NDArray[np.float32] = field(default_factory=_no_steps)
    """TFLearn's metric of the same steps, float32 [steps]."""
    seconds: float = 0.0
    """Time that the current epoch has taken so far."""

    @property
    def epoch(self) -> int:
        """Whole epochs done."""
        return len(self.history)

    @property
    def step(self) -> int:
        """Steps done of the current epoch."""
        return len(self.losses)

    def after(
        self,
        losses: NDArray[np.float32],
        metrics: NDArray[np.float32],
        seconds: float,
    ) -> "Position":
        """Return the position after some more steps.

        Args:
            losses: TFLearn's loss of each of these steps.
            metrics: TFLearn's metric of each.
            seconds: time that the epoch has taken so far.
        """
        return replace(
            self,
            losses=np.concatenate([self.losses, losses]),
            metrics=np.concatenate([self.metrics, metrics]),
            seconds=seconds,
        )

    def sizes(self, batch_size: int, n_examples: int) -> NDArray[np.int64]:
        """Return the number of examples in each step of the current epoch, [steps].

        Args:
            batch_size: examples per step.
            n_examples: examples in an epoch; its last batch may be smaller.
        """
        sizes = np.full(self.step, batch_size)
        sizes[-1:] -= max(0, self.step * batch_size - n_examples)
        return sizes

    def __str__(self) -> str:
        if self.step:
            return f"epoch {self.epoch + 1}, step {self.step:,}"
        return f"epoch {self.epoch}"
