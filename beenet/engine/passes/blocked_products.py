"""Compute the gradient of a large layer's input in blocks that fit the cache.

It is the product of the gradient of the layer's output [batch, units] with its weights,
transposed. oneDNN takes two or three examples at a time, and reads all weights for each
of these groups, four times in a batch of ten; weights larger than the processor's cache
are fetched from memory four times. In blocks of some rows they are fetched once. Also,
the blocks are separate operations: where two may run at once, two threads share them.

Each number is a sum over the layer's units, whatever the block, so no partial sums need
to be added. But for other sizes a kernel may add in another order: `same_bits` tests
each product on this machine; one that differs in any bit is left unchanged.
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
# 1 MB are about as fast as this size.
_WORTHWHILE = 2 << 20  # bytes of weights
_BLOCK = 1 << 19  # bytes of a block

_MAX_BLOCKS = 64  # each block is an operation
_AT_A_TIME = 3  # examples: a batch of no more reads the weights only once anyway

# TensorFlow splits a tensor without a copy if every position at which it can be split
# is a multiple of 64 bytes.
_ALIGNED = 16  # numbers


def block_products(
    graph_def: Any, network: Network, batches: Sequence[StepShapes]
) -> None:
    """Divide, in place, the products that backpropagate through large weights.

    Args:
        graph_def: operations of the network's graph, without unneeded ones.
        network: the network; supplies the thread counts for the test.
        batches: shapes for every batch size that occurs.
    """
    if max(shapes.batch_size for shapes in batches) <= _AT_A_TIME:
        return
    plan = plan_of(network)
    if plan.intra > 1 and plan.inter == 1:  # threads share each block: no net gain
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
    """Return whether a node is a float32 product whose second input is transposed."""
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
        together: rows that must stay in one block.
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
