"""TFLearn's moving averages of losses and metric, computed outside the loop.

Training does not depend on them: they feed TFLearn's summaries, but are part of every
file it saves. Inside the step their small operations cost a few per cent; here the same
float32 arithmetic, in the same order, runs over all values of a chunk.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.engine.graph.nodes import set_inputs
from beenet.network.network import Network
from beenet.tflearn_backend import tf

# A float32 counter cannot be incremented by 1 beyond this.
_LAST_COUNT = 2.0**24

_DECAY = np.float32(0.9)  # TFLearn's, in Trainer and in summaries.add_loss_summaries


class Averages:
    """The moving averages of a network, and its two step counters.

    Attributes:
        tensors: what is averaged, float32 scalars of the step: the loss, the metric if
            there is one, then regularization losses and the total loss if they exist.
        variables: their averages in the same order, then the two counters.
    """

    def __init__(self, network: Network) -> None:
        """Find the averages among the variables of ``network``."""
        self._network = network
        train_op, variables = network.train_op, network.variables()
        with network.graph.as_default():
            regularization = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
        # TensorFlow renames the scope where a layer has the optimizer's name.
        scope = train_op.apply_grad.name.rpartition("/")[0]
        total = network.graph.get_tensor_by_name(f"{scope}/Total_Loss:0")
        candidates = [train_op.loss, train_op.metric, *regularization, total]
        averages = {
            variables[f"{tensor.op.name}/moving_avg"]: tensor
            for tensor in candidates
            if tensor is not None and f"{tensor.op.name}/moving_avg" in variables
        }
        self.tensors = list(averages.values())
        self.variables = [
            *averages,
            network.model.trainer.global_step,
            train_op.training_steps,
        ]

    def drop_updates(self, graph_def: Any) -> None:
        """Detach, in place, the operations with which TFLearn updates the averages."""
        handles = {variable.op.name for variable in self.variables[:-2]}
        updates = {
            node.name
            for node in graph_def.node
            if node.op == "AssignSubVariableOp" and node.input[0] in handles
        }
        groups = {
            node.name
            for node in graph_def.node
            if node.op == "NoOp" and {i.lstrip("^") for i in node.input} & updates
        }
        dropped = {f"^{name}" for name in updates | groups}
        for node in graph_def.node:
            set_inputs(node, [name for name in node.input if name not in dropped])

    def advance(self, before: list[np.float32], values: NDArray[np.float32]) -> None:
        """Advance averages and counters by one chunk of steps.

        Args:
            before: the values of ``variables`` before the chunk.
            values: the values of ``tensors`` in each step, float32 [steps, tensors].
        """
        average = np.array(before[:-2], np.float32)
        steps = len(values)
        for value, rate in zip(values, _rates(before[-1], steps), strict=True):
            average -= (average - value) * rate
        counters = [_count(counter, steps) for counter in before[-2:]]
        after = zip(self.variables, [*average, *counters], strict=True)
        self._network.assign({v.op.name: value for v, value in after})


def _rates(training_step: np.float32, steps: int) -> NDArray[np.float32]:
    """Return the update rate of the averages in each step, 1 - decay, float32 [steps].

    TFLearn's averages decay faster at the beginning: with ``num_updates`` n, the
    decay is ``min(0.9, (1 + n) / (10 + n))``.
    """
    n = np.minimum(training_step + np.arange(steps), _LAST_COUNT).astype(np.float32)
    decay = np.minimum(_DECAY, (np.float32(1) + n) / (np.float32(10) + n))
    rates: NDArray[np.float32] = np.float32(1) - decay
    return rates


def _count(counter: np.float32, steps: int) -> np.float32:
    """Return a float32 counter after ``steps`` additions of 1."""
    return np.float32(min(float(counter) + steps, _LAST_COUNT))
