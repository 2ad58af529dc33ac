"""The order in which an epoch visits its examples: a function of seed and epoch."""

import numpy as np
from numpy.typing import NDArray

# Each use of the seed has its own stream, so that adding one use never changes
# what another draws.
_SHUFFLE_STREAM = 1


def epoch_order(
    n: int, *, seed: int, epoch: int, shuffle: bool = True
) -> NDArray[np.int64]:
    """Return the order of the examples in one epoch.

    It depends only on its arguments, so that a run stopped in epoch 7 gets the order
    of epoch 7 again without repeating the previous ones.

    Args:
        n: the number of examples.
        seed: the run's seed, 0 or more.
        epoch: the epoch, counted from 0.
        shuffle: False keeps the examples in their stored order.

    Returns:
        A permutation of ``range(n)``, int64 [n].
    """
    if not shuffle:
        return np.arange(n, dtype=np.int64)
    key = np.random.SeedSequence((seed, _SHUFFLE_STREAM, epoch))
    return np.random.Generator(np.random.Philox(key)).permutation(n)
