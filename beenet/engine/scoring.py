"""A network's answers over a whole split: batched, on every core, in bounded memory."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from beenet.cores import core_limit
from beenet.datasets import Split
from beenet.engine.feeding import prepared
from beenet.engine.plan import plan_of
from beenet.network.network import Network
from beenet.tflearn_backend import tf

# Large enough to fill a core, small enough that the widest layer of a 64x64x3
# network needs some 30 MB. The last bits of a probability may depend on it.
_BATCH_SIZE = 256

Result = TypeVar("Result")


@dataclass(frozen=True)
class Scored:
    """What a network says of a split."""

    probabilities: NDArray[np.float32]
    """The output for each example, float32 [n, n_classes]."""

    loss: float
    """TFLearn's loss, averaged over the examples: no regularization, no weights."""


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
    prepare = prepared(network)

    def output_of(rows: slice) -> NDArray[np.float32]:
        feed = {network.x: prepare(x[rows])}
        output: NDArray[np.float32] = _run(network, network.output, feed)
        return output

    return np.concatenate(list(_over_batches(network, len(x), batch_size, output_of)))


def score(network: Network, split: Split, *, batch_size: int = _BATCH_SIZE) -> Scored:
    """Return the network's output for a split, and TFLearn's loss over it.

    The loss of each batch is weighted by its size and summed in float64, in order:
    the same network and split give the same number every time.

    Args:
        network: the network, in any mode; it is left in predicting mode.
        split: the examples.
        batch_size: examples a call; memory grows with it.
    """
    n = len(split.x)
    prepare = prepared(network)

    def score_of(rows: slice) -> tuple[NDArray[np.float32], float]:
        feed = {network.x: prepare(split.x[rows]), network.y: split.y[rows]}
        output, loss = _run(network, [network.output, network.loss], feed)
        return output, float(loss) * len(output)

    scores = list(_over_batches(network, n, batch_size, score_of))
    outputs, losses = zip(*scores, strict=True)
    return Scored(np.concatenate(outputs), sum(losses) / n)


def _over_batches(
    network: Network, n: int, batch_size: int, function: Callable[[slice], Result]
) -> Iterator[Result]:
    """Yield ``function`` of each batch's rows, in order, several batches at a time.

    The session's own threads were counted for training. Here every thread carries its
    batch through by itself, so that all cores work whatever the plan, and a batch's
    numbers do not depend on the others.
    """
    network.set_training(False)
    n_threads = max(1, core_limit() // plan_of(network).intra)
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(n_threads, "beenet-score") as threads:
        for start in range(0, n, batch_size):
            waiting.append(threads.submit(function, slice(start, start + batch_size)))
            if len(waiting) > n_threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _run(network: Network, fetches: Any, feed: dict[Any, Any]) -> Any:
    """Run the session in the calling thread, without those of its plan."""
    options = tf.RunOptions(inter_op_thread_pool=-1)
    return network.session.run(fetches, feed, options)
