"""A network's answers over a whole split: batched, on every core, in bounded memory."""

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.datasets import Split
from beenet.engine.feeding import AlignedBuffer, prepared
from beenet.engine.parallel_batches import map_batches
from beenet.network.network import Network
from beenet.tflearn_backend import tf

# Large enough to fill a core, small enough that the widest layer of a 64x64x3
# network needs some 30 MB. Probabilities were the same to the bit for every size from 8
# up; those of one example at a time, and the loss, may differ in their last bits.
BATCH_SIZE = 256


@dataclass(frozen=True)
class SplitOutputs:
    """What a network says of a split."""

    outputs: NDArray[np.float32]
    """The output for each example, float32 [n, n_classes]."""

    loss: float
    """TFLearn's loss, averaged over the examples: no regularization, no weights."""


def predict(
    network: Network, data: Any, *, batch_size: int = BATCH_SIZE
) -> NDArray[np.float32]:
    """Return the network's output for every example.

    Args:
        network: the network, in any mode; it is left in predicting mode.
        data: a split, or an array [n, *shape]: float32, or uint8 meaning value/255.
        batch_size: examples a call; where memory does not suffice, fewer are taken.

    Returns:
        float32 [n, n_classes].

    Raises:
        NetworkError: not even one example finds room.
    """
    x = getattr(data, "x", data)
    prepare, own = prepared(network), _Own()

    def output_of(rows: slice) -> NDArray[np.float32]:
        feed = {network.x: prepare(x[rows], own.room)}
        output: NDArray[np.float32] = _run(network, network.output, feed)
        return output

    return np.concatenate(list(map_batches(network, len(x), batch_size, output_of)))


def score(
    network: Network, split: Split, *, batch_size: int = BATCH_SIZE
) -> SplitOutputs:
    """Return the network's output for a split, and TFLearn's loss over it.

    The loss of each batch is weighted by its size and summed in float64, in order:
    the same network and split give the same number every time.

    Args:
        network: the network, in any mode; it is left in predicting mode.
        split: the examples.
        batch_size: examples a call; where memory does not suffice, fewer are taken.

    Raises:
        NetworkError: not even one example finds room.
    """
    n = len(split.x)
    prepare, own = prepared(network), _Own()

    def score_of(rows: slice) -> tuple[NDArray[np.float32], float]:
        x = prepare(split.x[rows], own.room)
        feed = {network.x: x, network.y: split.y[rows]}
        output, loss = _run(network, [network.output, network.loss], feed)
        return output, float(loss) * len(output)

    scores = list(map_batches(network, n, batch_size, score_of))
    outputs, losses = zip(*scores, strict=True)
    return SplitOutputs(np.concatenate(outputs), sum(losses) / n)


class _Own(threading.local):
    """What each thread has of its own: where the examples of its portion lie."""

    def __init__(self) -> None:
        self.room = AlignedBuffer()


def _run(network: Network, fetches: Any, feed: dict[Any, Any]) -> Any:
    """Run the session in the calling thread, without those of its plan."""
    options = tf.RunOptions(inter_op_thread_pool=-1)
    return network.session.run(fetches, feed, options)
