"""A network's outputs over a whole split: batched, on every core, in bounded memory."""

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

# Large enough to occupy a core, small enough that the widest layer of a 64x64x3
# network needs some 30 MB. Probabilities were bit-identical for every size from 8 up;
# those of single examples, and the loss, may differ in their last bits.
BATCH_SIZE = 256


@dataclass(frozen=True)
class SplitOutputs:
    """A network's outputs for a split, and its loss."""

    outputs: NDArray[np.float32]
    """The output for each example, float32 [n, n_classes]."""

    loss: float
    """TFLearn's loss, averaged over examples: no regularization, no class weights."""


def predict(
    network: Network, data: Any, *, batch_size: int = BATCH_SIZE
) -> NDArray[np.float32]:
    """Return the network's output for every example.

    Args:
        network: the network, in any mode; it is left in predicting mode.
        data: a split, or an array [n, *shape]: float32, or uint8 meaning value/255.
        batch_size: examples per call; fewer are taken if memory runs out.

    Returns:
        float32 [n, n_classes].

    Raises:
        NetworkError: there is not enough memory for a single example.
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
        batch_size: examples per call; fewer are taken if memory runs out.

    Raises:
        NetworkError: there is not enough memory for a single example.
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
    """Thread-local state: the buffer for the examples of the thread's batch."""

    def __init__(self) -> None:
        self.room = AlignedBuffer()


def _run(network: Network, fetches: Any, feed: dict[Any, Any]) -> Any:
    """Run the session in the calling thread, without the session's inter-op threads."""
    options = tf.RunOptions(inter_op_thread_pool=-1)
    return network.session.run(fetches, feed, options)
