"""A network's answers over a whole split, batched and in bounded memory."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.engine.feeding import decode
from beenet.network.network import Network

# Large enough to fill the cores, small enough that the widest layer of a 64x64x3
# network needs some 30 MB. The last bits of a probability may depend on it.
_BATCH_SIZE = 256


@dataclass(frozen=True)
class Scored:
    """What a network says of a split."""

    probabilities: NDArray[np.float32]
    """The output for each example, float32 [n, n_classes]."""

    loss: float
    """TFLearn's loss (without regularization), averaged over the examples."""


def predict(
    network: Network, data: Any, *, batch_size: int = _BATCH_SIZE
) -> NDArray[np.float32]:
    """Return the network's output for every example.

    Args:
        network: the network, in any mode; it is left in predicting mode.
        data: a split, or an array [n, *shape]: float32, or uint8 meaning value/255.
        batch_size: examples a call; memory grows with it.

    Returns:
        float32 [n, n_classes].
    """
    x = getattr(data, "x", data)
    batches = (
        network.session.run(network.output, {network.x: rows})
        for rows in _batches(network, x, batch_size)
    )
    return np.concatenate(list(batches))


def score(network: Network, split: Any, *, batch_size: int = _BATCH_SIZE) -> Scored:
    """Return the network's output for a split, and TFLearn's loss over it.

    The loss of each batch is weighted by its size and summed in float64, in order:
    the same network and split give the same number every time.

    Args:
        network: the network, in any mode; it is left in predicting mode.
        split: has ``x`` [n, *shape] and ``y`` float32 [n, n_classes].
        batch_size: examples a call; memory grows with it.
    """
    outputs, total, start = [], 0.0, 0
    for rows in _batches(network, split.x, batch_size):
        y = split.y[start : start + len(rows)]
        output, loss = network.session.run(
            [network.output, network.train_op.loss], {network.x: rows, network.y: y}
        )
        outputs.append(output)
        total += float(loss) * len(rows)
        start += len(rows)
    return Scored(np.concatenate(outputs), total / start)


def _batches(
    network: Network, x: NDArray[Any], batch_size: int
) -> Iterator[NDArray[np.float32]]:
    """Yield ``x`` in batches, read one ahead; the network is switched to predicting."""
    network.set_training(False)
    with ThreadPoolExecutor(1, "beenet-feed") as reader:
        starts = range(0, len(x), batch_size)
        ahead = reader.submit(lambda: decode(x[:batch_size]))
        for start in starts:
            rows = ahead.result()
            after = start + batch_size
            ahead = reader.submit(lambda a=after: decode(x[a : a + batch_size]))
            yield rows
