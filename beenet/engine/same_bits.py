"""Whether two forms of the same operations come to the same bits on this machine."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from beenet.engine.nodes import data_inputs, set_inputs
from beenet.network.network import Network
from beenet.tflearn_backend import tf


@dataclass(frozen=True)
class Form:
    """Another form of a tensor."""

    name: str
    dtype: Any
    make: Callable[[Any], Any]
    """Makes it out of the tensor."""


def same_bits(
    first: Any,
    second: Any,
    forms: Mapping[str, Form],
    network: Network,
    batch_sizes: Iterable[int],
) -> bool:
    """Return whether ``first`` makes the same bits as ``second``.

    Both run on random numbers, on the network's threads. In which order a kernel adds
    depends on shapes and threads, never on the numbers: what agrees on thousands of
    random sums is the same order, and agrees on all.

    Args:
        first: an operation of the network's graph.
        second: the same one, which takes other forms of its inputs.
        forms: the inputs that ``second`` takes in another form, by their names.
        network: the network; tells shapes and threads.
        batch_sizes: all that there will be; for each a kernel may choose its own way.
    """
    parts = tf.GraphDef(versions=network.graph.graph_def_versions)
    for node in (first, second):
        copy = parts.node.add()
        copy.CopyFrom(node)
        set_inputs(copy, data_inputs(node))
    needed = set(data_inputs(first))
    with tf.Graph().as_default() as graph:
        given = {}
        for name in sorted(needed):
            like = _tensor(network, name)
            given[name] = tf.placeholder(like.dtype, like.shape)
            if name in forms:
                given[forms[name].name] = forms[name].make(given[name])
        ends = tf.import_graph_def(
            parts, given, [f"{node.name}:0" for node in (first, second)], name=""
        )
        out = _tensor(network, first.name).shape.as_list()
        configs = network.graph.get_collection(tf.GraphKeys.GRAPH_CONFIG)
        with tf.Session(graph=graph, config=configs[0] if configs else None) as session:
            for n in batch_sizes:
                feed = {given[name]: _numbers(given[name], n, out) for name in needed}
                one, other = session.run(ends, feed)
                if one.tobytes() != other.tobytes():
                    return False
    return True


def _tensor(network: Network, name: str) -> Any:
    return network.graph.get_tensor_by_name(name if ":" in name else f"{name}:0")


def _numbers(tensor: Any, n: int, out: list[int]) -> Any:
    """Return what to feed: random numbers, or the shape of what comes out."""
    if tensor.dtype == tf.int32:
        return np.array([n, *out[1:]], np.int32)
    shape = [n if size is None else size for size in tensor.shape.as_list()]
    return np.random.default_rng(n).normal(size=shape).astype(np.float32)
