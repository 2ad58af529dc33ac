"""Compute the gradient of a large layer's input in blocks that fit the cache.

It is the product of the gradient behind the layer [batch, units] with its weights,
transposed. oneDNN takes two or three examples at a time, and goes over all weights for
each of these groups, four times in a batch of ten; weights larger than the processor's
cache come four times from farther away. In blocks of some rows they come once. And the
blocks are operations of their own: where two may run at once, two threads share them.

Each number is a sum over the layer's units, whatever the block, so nothing has to be
added up anew. But for other sizes a kernel may add in another order: `same_bits` tries
it on this machine, and what differs in any bit stays as it is.
"""

from collections.abc import Sequence
from math import gcd
from typing import Any

from beenet.engine.graph.grafts import graft, replace
from beenet.engine.graph.nodes import control_inputs, static_shape
from beenet.engine.graph.same_bits import same_bits
from beenet.engine.graph.shapes import StepShapes
from beenet.engine.plan import plan_of
from beenet.network.network import Network
from beenet.tflearn_backend import tf

# Measured with 1 to 8 MB of weights: smaller ones gain nothing, and blocks of 250 KB to
# 1 MB little more or less than this.
_WORTHWHILE = 2 << 20  # bytes of weights
_BLOCK = 1 << 19  # bytes of a block

_MAX_BLOCKS = 64  # blocks: each is an operation
_AT_A_TIME = 3  # examples: a smaller batch goes over the weights once as it is

# TensorFlow hands a part of a tensor on where it lies, and copies nothing, if whatever
# it could be cut into begins at a multiple of 64 bytes.
_ALIGNED = 16  # numbers


def block_products(
    graph_def: Any, network: Network, batches: Sequence[StepShapes]
) -> None:
    """Divide, in place, the products that hand a gradient on through large weights.

    Args:
        graph_def: operations of the network's graph: all that are there are needed.
        network: the network; tells the threads to try with.
        batches: shapes for all the batch sizes that it will see.
    """
    if max(shapes.batch_size for shapes in batches) <= _AT_A_TIME:
        return
    plan = plan_of(network)
    if plan.intra > 1 and plan.inter == 1:  # sharing each block costs what it gains
        return
    reads = {node.name for node in graph_def.node if node.op == "ReadVariableOp"}
    for node in list(graph_def.node):
        if not _hands_on(node) or node.input[1] not in reads:
            continue
        shapes = [static_shape(network.graph, n) for n in (node.name, *node.input)]
        if any(len(shape) != 2 for shape in shapes):
            continue
        rows, columns = shapes[-1]
        together = _ALIGNED // gcd(columns, _ALIGNED)
        if 4 * rows * columns >= _WORTHWHILE and rows % together == 0:
            blocks = _in_blocks(node, rows, columns, together)
            if same_bits(node, blocks, network, batches):
                replace(graph_def, node.name, blocks)


def _hands_on(node: Any) -> bool:
    """Return whether a node is a product with something transposed."""
    return (
        node.op == "MatMul"
        and node.attr["T"].type == tf.float32.as_datatype_enum
        and node.attr["transpose_b"].b
        and not node.attr["transpose_a"].b
        and not control_inputs(node)
    )


def _in_blocks(node: Any, rows: int, columns: int, together: int) -> list[Any]:
    """Return the operations that make the same product, block by block.

    Args:
        node: the product.
        rows: of the weights.
        columns: of the weights.
        together: rows that are not to be parted.
    """
    units = rows // together
    wanted = min(_MAX_BLOCKS, -(-4 * rows * columns // _BLOCK))
    most = -(-units // wanted)
    sizes = [min(most, units - first) for first in range(0, units, most)]

    def product(gradient: Any, weights: Any) -> Any:
        laid = tf.reshape(weights, [units, together * columns])
        blocks = [tf.reshape(b, [-1, columns]) for b in tf.split(laid, sizes)]
        return tf.concat(
            [tf.raw_ops.MatMul(a=gradient, b=b, transpose_b=True) for b in blocks],
            axis=1,
        )

    return graft(node.name, dict.fromkeys(node.input, tf.float32), product)
