"""A chunk of training steps as one operation of the network's graph."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from beenet.engine.averages import Averages
from beenet.engine.feeding import Batches
from beenet.engine.input_errors import explain_input_errors
from beenet.engine.step import extract_step
from beenet.network.memory import check_room_to_train, explain_shortage
from beenet.network.network import Network
from beenet.tflearn_backend import tf

_NO_ROOM = (
    "a training step does not fit; use a smaller training.batch_size or a smaller "
    "network"
)


class CompiledSteps:
    """TFLearn's training step inside a ``tf.while_loop`` over a chunk of batches."""

    def __init__(
        self,
        network: Network,
        x_dtype: DTypeLike,
        batch_sizes: Iterable[int],
        *,
        stateful_random: bool = False,
    ) -> None:
        """Add the loop to the network's graph, under the name ``beenet``.

        Args:
            network: the network; its session must not have run on a frozen graph.
            x_dtype: of the stored examples: uint8 (meaning value/255) or float32.
            batch_sizes: every batch size that occurs.
            stateful_random: see ``extract_step``.

        Raises:
            NetworkError: there is not enough memory; also see ``extract_step``.
        """
        check_room_to_train(network.variables().values(), _held_at_once(network))
        self._network = network
        self._averages = Averages(network)
        with explain_shortage(_NO_ROOM):  # large operations are run on trial
            self._step = extract_step(
                network, self._averages, batch_sizes, stateful_random=stateful_random
            )
        self._decode = np.dtype(x_dtype) == np.uint8
        with network.graph.as_default(), tf.name_scope("beenet"):
            self._x = tf.placeholder(x_dtype, [None, *network.x.shape], "x")
            self._y = tf.placeholder(network.y.dtype, [None, *network.y.shape], "y")
            # If it were a constant, TensorFlow would multiply by 1/255 instead of
            # dividing by 255; half of the 256 values would differ in their last bit.
            self._divisor = tf.placeholder(tf.float32, [], "divisor")
            if self._step.random:
                n_random = len(self._step.random.names)
                self._key = tf.placeholder(tf.uint64, [1], "key")
                self._counters = tf.placeholder(
                    tf.uint64, [None, n_random, 2], "counters"
                )
            self._panels = [(panels, panels.make()) for panels in self._step.panels]
            build = self._build_in_panels if self._panels else self._build_loop
            # Read in the same session.run: a separate one takes as long as a short
            # chunk. Steps also update the counters, so read before the loop begins.
            self._before = [v.read_value() for v in self._averages.variables]
            with tf.control_dependencies(self._before):
                self._values = build()

    def run(
        self, batches: Batches, seed: int, epoch: int, step: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Train on ``batches`` and return their losses and metrics, float32 [steps].

        If it fails, the network's variables are unusable: some are updated, others
        are not.

        Args:
            batches: as stored.
            seed: the run's seed.
            epoch: counted from 0.
            step: the step of the epoch at which ``batches`` begin.
        """
        feed = {self._x: batches.x, self._y: batches.y, self._divisor: np.float32(255)}
        if self._step.random:
            feed[self._key] = self._step.random.key(seed)
            feed[self._counters] = self._step.random.counters(
                epoch, step, batches.steps
            )
        both = (self._values, self._before)
        with explain_input_errors(), explain_shortage(_NO_ROOM):
            values, before = self._network.session.run(both, feed)
        values = np.stack(values, axis=1)
        self._averages.advance(before, values)
        if self._network.train_op.metric is None:
            return values[:, 0], np.full(batches.steps, np.nan, np.float32)
        return values[:, 0], values[:, 1]

    def _build_in_panels(self) -> list[Any]:
        """Build the loop between filling and joining the panels; return its values."""
        filled = [op for panels, handles in self._panels for op in panels.fill(handles)]
        with tf.control_dependencies(filled):
            values = self._build_loop()
        with tf.control_dependencies(values):
            joined = [panels.join(handles) for panels, handles in self._panels]
        with tf.control_dependencies(joined):
            return [tf.identity(value) for value in values]

    def _build_loop(self) -> list[Any]:
        """Build the loop; return the averaged values of each step, float32 [steps].

        With ``parallel_iterations=1`` a step begins only when the previous one is
        complete. It must not also depend on the last update by an edge of the graph:
        the step would then be a cycle, which TensorFlow's graph rewriting visits in any
        order. It replaces a pooling's gradient by a faster kernel only after the
        pooling itself, so a loop would occasionally end with different last bits.
        """
        steps = tf.shape(self._y)[0]

        def one_step(i: Any, *arrays: Any) -> tuple[Any, ...]:
            update, *values = self._import_step(i)
            with tf.control_dependencies([update]):
                written = [a.write(i, v) for a, v in zip(arrays, values, strict=True)]
            return (i + 1, *written)

        arrays = [tf.TensorArray(tf.float32, steps) for _ in self._averages.tensors]
        _, *arrays = tf.while_loop(
            lambda i, *_: i < steps,
            one_step,
            [0, *arrays],
            parallel_iterations=1,
            back_prop=False,
        )
        return [array.stack() for array in arrays]

    def _import_step(self, i: Any) -> list[Any]:
        """Import the step into the loop's body; return its update and its values."""
        network = self._network
        body = tf.get_default_graph()
        # Unlike `tf.gather`, a slice copies nothing if batches fill multiples of 64 B.
        first = tf.reshape(i, [1])
        x = tf.strided_slice(self._x, first, first, [1], shrink_axis_mask=1)
        if self._decode:
            x = tf.cast(x, tf.float32) / self._divisor
        given = {network.x.name: x, network.y.name: tf.gather(self._y, i)}
        for name in self._step.variables:
            handle = network.graph.get_tensor_by_name(f"{name}:0")
            given[handle.name] = body.capture(handle)
        for panels, handles in self._panels:
            for name, handle in zip(panels.names, handles, strict=True):
                given[f"{name}:0"] = body.capture(handle)
        if self._step.random:
            given[self._step.random.key_tensor] = body.capture(self._key)
            given[self._step.random.counters_tensor] = tf.gather(self._counters, i)
        ends = [network.train_op.apply_grad.name]
        ends += [tensor.name for tensor in self._averages.tensors]
        imported: list[Any] = tf.import_graph_def(
            self._step.graph_def, given, ends, name="step"
        )
        return imported


def _held_at_once(network: Network) -> list[Any]:
    """Return the variables whose gradients all exist before the first is applied."""
    if not network.clip_gradients:
        return []
    # An embedding's gradient has only the rows that a batch used.
    return [v for g, v in network.train_op.grad if isinstance(g, tf.Tensor)]
