"""Random operations without hidden state: functions of seed, epoch, step and position.

TFLearn's dropout draws from generators with hidden state, so that a run cannot be
resumed. Here each random operation of a step is replaced by its stateless counterpart,
fed with a key made from the seed and a counter made from the epoch, the step and the
position of the operation among them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.engine.graph.nodes import control_inputs, data_inputs, set_inputs
from beenet.errors import NetworkError
from beenet.tflearn_backend import tf

# TFLearn's op, its stateless counterpart, and the attribute with the result's dtype.
_TWINS = {
    "RandomUniform": ("StatelessRandomUniformV2", "dtype"),
    "RandomStandardNormal": ("StatelessRandomNormalV2", "dtype"),
    "TruncatedNormal": ("StatelessTruncatedNormalV2", "dtype"),
    "RandomUniformInt": ("StatelessRandomUniformIntV2", "Tout"),
}

# Ops that draw from hidden state.
_REFUSED = {
    *_TWINS,
    "Multinomial",
    "ParameterizedTruncatedNormal",
    "RandomGamma",
    "RandomPoisson",
    "RandomPoissonV2",
    "RandomShuffle",
}

_KEY = "beenet/random/key"
_COUNTERS = "beenet/random/counters"
_PHILOX = "beenet/random/philox"

_LAID_OPEN = re.compile(r"/(then|else)/_\d+/")
"""The part of a name that marks a lowered branch; `take_branches` has ``/taken/``."""

_STREAM = 2  # of the seed; 1 is used by the shuffle


@dataclass(frozen=True)
class RandomOps:
    """The random operations of a step, and the tensors to feed for them."""

    names: tuple[str, ...]
    """The operations, in the order of the graph."""

    key_tensor: str = f"{_KEY}:0"
    """To be fed with ``key(seed)``."""

    counters_tensor: str = f"{_COUNTERS}:0"
    """To be fed with one step's row of ``counters``."""

    def key(self, seed: int) -> NDArray[np.uint64]:
        """Return the generators' key, uint64 [1]."""
        state = np.random.SeedSequence((seed, _STREAM)).generate_state(1, np.uint64)
        return state.astype(np.uint64)

    def counters(self, epoch: int, start: int, steps: int) -> NDArray[np.uint64]:
        """Return each operation's initial Philox counter, uint64 [steps, ops, 2].

        Philox counts blocks of four numbers in 128 bits, low word first. Epoch and
        step fill the high word, the operation the top 16 bits of the low one: no two
        draws overlap unless an operation draws 2^50 numbers in one step.
        """
        counters = np.empty((steps, len(self.names), 2), np.uint64)
        counters[:, :, 0] = np.arange(len(self.names), dtype=np.uint64) << 48
        counters[:, :, 1] = (epoch << 32) + np.arange(
            start, start + steps, dtype=np.uint64
        )[:, None]
        return counters


def make_stateless(graph_def: Any, order: Sequence[str]) -> RandomOps | None:
    """Replace, in place, the random operations of ``graph_def`` by stateless ones.

    Args:
        graph_def: the operations.
        order: the names of the random ones; the position of each sets its counter.

    Returns:
        The operations and what to feed; None if there are none.
    """
    nodes = [node for node in graph_def.node if node.op in _TWINS]
    if not nodes:
        return None
    nodes.sort(key=lambda node: order.index(_LAID_OPEN.sub("/taken/", node.name)))
    names = tuple(node.name for node in nodes)
    for place, node in enumerate(nodes):
        twin, dtype = _TWINS[node.op]
        controls = control_inputs(node)
        counter = f"beenet/random/unpack:{place}".removesuffix(":0")
        shape, *bounds = data_inputs(node)
        attributes = {"dtype": node.attr[dtype], "Tshape": node.attr["T"]}
        set_inputs(node, [shape, _KEY, counter, _PHILOX, *bounds, *controls])
        node.op = twin
        kept = {name: tf.AttrValue() for name in attributes}
        for name, value in attributes.items():
            kept[name].CopyFrom(value)
        node.attr.clear()
        for name, value in kept.items():
            node.attr[name].CopyFrom(value)
    with tf.Graph().as_default() as graph, tf.name_scope("beenet/random/"):
        tf.constant(1, tf.int32, name="philox")
        counters = tf.placeholder(tf.uint64, [len(names), 2], name="counters")
        tf.unstack(counters, name="unpack")
    graph_def.node.extend(
        node for node in graph.as_graph_def().node if node.op != "Placeholder"
    )
    return RandomOps(names)


def keyed(graph_def: Any) -> list[str]:
    """Return the names of a step's random operations, in the order of the graph.

    Raises:
        NetworkError: one draws from hidden state and has no stateless replacement.
    """
    others = [node for node in graph_def.node if node.op in _REFUSED - _TWINS.keys()]
    for function in graph_def.library.function:
        others += [node for node in function.node_def if node.op in _REFUSED]
    if others:
        node = others[0]
        raise NetworkError(
            f"{node.name} ({node.op}) draws random numbers inside a loop or in a "
            "way that beenet cannot tie to the seed, so the run could not be "
            "resumed; for dropout in a recurrent layer leave out dynamic: true"
        )
    return [node.name for node in graph_def.node if node.op in _TWINS]
