"""Test whether two forms of an operation give bit-identical results on this machine."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.engine.graph.nodes import copied, data_inputs
from beenet.engine.graph.shapes import StepShapes
from beenet.network.network import Network
from beenet.tflearn_backend import tf

_DRAWN = 1_000_003
"""Random numbers drawn; larger inputs repeat them. No row has this length."""


def same_bits(
    node: Any, others: Sequence[Any], network: Network, batches: Sequence[StepShapes]
) -> bool:
    """Return whether other operations give the same bits as one of the network's.

    Both run on random numbers, with the network's threads. The order in which a kernel
    adds depends on shapes and threads, never on the numbers: if thousands of random
    sums agree, the order is the same, and all sums agree.

    Args:
        node: an operation of the network's graph.
        others: its replacement: they take no other tensors than it does, and one of
            them has its name.
        network: the network; supplies the thread counts.
        batches: shapes for each batch size that occurs: a kernel may choose another
            algorithm for each. If a shape is unknown, the answer is False.
    """
    with tf.Graph().as_default() as graph:
        given = {}
        for name in sorted(set(data_inputs(node))):
            given[name] = tf.placeholder(batches[0].dtype(name))
        ends = [_import([node], given, node.name, network)]
        ends.append(_import(others, given, node.name, network))
        with tf.Session(graph=graph, config=network.session_config) as session:
            for shapes in batches:
                numbers = {t: _numbers(t, n, node, shapes) for n, t in given.items()}
                if any(value is None for value in numbers.values()):
                    return False
                one, other = session.run(ends, numbers)
                if one.tobytes() != other.tobytes():
                    return False
    return True


def _import(
    nodes: Iterable[Any], given: dict[str, Any], end: str, network: Network
) -> Any:
    """Add nodes to the current default graph; return the output of ``end``."""
    parts = tf.GraphDef(
        node=[copied(node, inputs=data_inputs(node)) for node in nodes],
        versions=network.graph.graph_def_versions,
    )
    taken = {name for node in parts.node for name in node.input}
    sources = {name: tensor for name, tensor in given.items() if name in taken}
    [made] = tf.import_graph_def(parts, sources, [f"{end}:0"], name="")
    return made


def _numbers(
    tensor: Any, name: str, node: Any, shapes: StepShapes
) -> NDArray[Any] | None:
    """Return what to feed: random numbers; for an int32 tensor, the output's shape."""
    whole = tensor.dtype == tf.int32
    shape = shapes(node.name if whole else name)
    if shape is None:
        return None
    if whole:
        return np.array(shape, np.int32)
    return _normal(shape, shapes.batch_size)


def _normal(shape: Sequence[int], seed: int) -> NDArray[np.float32]:
    """Return random numbers, repeated if many: drawing millions would take seconds."""
    count = int(np.prod(shape))
    rng = np.random.default_rng(seed)
    drawn = rng.standard_normal(min(count, _DRAWN), dtype=np.float32)
    return np.resize(drawn, shape)
