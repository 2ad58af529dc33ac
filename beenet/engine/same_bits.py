"""Whether two forms of the same operations come to the same bits on this machine."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.engine.nodes import data_inputs, set_inputs
from beenet.network.network import Network
from beenet.tflearn_backend import tf

_DRAWN = 1_000_003
"""Random numbers that are drawn; larger inputs repeat them. No row has this length."""


def same_bits(
    node: Any, others: Sequence[Any], network: Network, batch_sizes: Iterable[int]
) -> bool:
    """Return whether other operations make the same bits as one of the network's.

    Both run on random numbers, on the network's threads. In which order a kernel adds
    depends on shapes and threads, never on the numbers: what agrees on thousands of
    random sums is the same order, and agrees on all.

    Args:
        node: an operation of the network's graph.
        others: what is to take its place: they take no other tensors than it does, and
            one of them has its name.
        network: the network; tells shapes and threads.
        batch_sizes: all that there will be; for each a kernel may choose its own way.
    """
    with tf.Graph().as_default() as graph:
        given = {}
        for name in sorted(set(data_inputs(node))):
            like = _tensor(network, name)
            given[name] = tf.placeholder(like.dtype, like.shape)
        ends = [_import([node], given, node.name, network)]
        ends.append(_import(others, given, node.name, network))
        out = _tensor(network, node.name).shape.as_list()
        configs = network.graph.get_collection(tf.GraphKeys.GRAPH_CONFIG)
        with tf.Session(graph=graph, config=configs[0] if configs else None) as session:
            for n in batch_sizes:
                feed = {tensor: _numbers(tensor, n, out) for tensor in given.values()}
                one, other = session.run(ends, feed)
                if one.tobytes() != other.tobytes():
                    return False
    return True


def _import(
    nodes: Iterable[Any], given: dict[str, Any], end: str, network: Network
) -> Any:
    """Add operations to the graph at hand; return the tensor that ``end`` makes."""
    parts = tf.GraphDef(versions=network.graph.graph_def_versions)
    for node in nodes:
        copy = parts.node.add()
        copy.CopyFrom(node)
        set_inputs(copy, data_inputs(node))
    taken = {name for node in parts.node for name in node.input}
    sources = {name: tensor for name, tensor in given.items() if name in taken}
    [made] = tf.import_graph_def(parts, sources, [f"{end}:0"], name="")
    return made


def _tensor(network: Network, name: str) -> Any:
    return network.graph.get_tensor_by_name(name if ":" in name else f"{name}:0")


def _numbers(tensor: Any, n: int, out: list[int]) -> Any:
    """Return what to feed: random numbers, or the shape of what comes out."""
    if tensor.dtype == tf.int32:
        return np.array([n, *out[1:]], np.int32)
    shape = [n if size is None else size for size in tensor.shape.as_list()]
    return _normal(shape, n)


def _normal(shape: list[int], seed: int) -> NDArray[np.float32]:
    """Return random numbers; to draw all of a very large layer's would take seconds."""
    count = int(np.prod(shape))
    rng = np.random.default_rng(seed)
    drawn = rng.standard_normal(min(count, _DRAWN), dtype=np.float32)
    return np.resize(drawn, shape)
