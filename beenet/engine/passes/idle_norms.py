"""Compute the norm of a large layer's gradient only where clipping might act.

TFLearn clips by the global norm of all gradients: a pass over megabytes in each step,
and the norm is nearly always below the clip. A fully connected layer's gradient is a
product X^T D of the layer's input, X [batch, inputs], and the gradient of its output
before the activation, D [batch, units]. So its squared norm is

    |X^T D|^2  =  sum over all pairs (i, j) of examples of  (X X^T)_ij (D D^T)_ij

which takes two products of [batch, batch]. They do not round as the norm does, so they
only decide whether it can reach the clip. If it certainly cannot, the clip factor is
known; if it might, TFLearn's own operations compute it as usual.

The bound: in float32, with u = 2^-24, a sum of n products in any order has an error of
less than n u times the sum of their magnitudes (Higham, Accuracy and Stability of
Numerical Algorithms, 3.1). By Cauchy-Schwarz the error of the sum above is then less
than (inputs + units + batch^2) u |X|^2 |D|^2. Twice that is added: for higher powers of
u, for the rounding of |X| and |D|, and because TFLearn takes the norm of a rounded
product, whose error adds 2 batch u |X|^2 |D|^2. Its sum of n squares may be too large
by a factor of exp(n u), by which the clip is lowered. Values that underflow in float32
become 0: an upper bound of their sum is added to |X|^2 and |D|^2.
"""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from beenet.engine.graph.grafts import graft
from beenet.engine.graph.nodes import reroute, users_of
from beenet.engine.graph.shapes import StepShapes
from beenet.network.network import Network
from beenet.tflearn_backend import tf

BELOW_CLIP = "beenet/clip/sure"
"""The boolean tensor of a step that says whether the norm is surely below the clip."""

FACTOR = "beenet/clip/factor"
"""The clip factor, known or computed."""

# Below this, and in large batches, the norm costs no more than the test whether it is
# needed.
_WORTHWHILE = 1 << 20  # bytes of a gradient
_MAX_PRODUCTS = 2  # multiplications of the test per number of the gradient

_U = 2.0**-24  # the largest relative error of rounding to float32
_FEW = 64  # roundings for each norm that are in none of its sums
_TINY = 2.0**-80  # added to |X|^2, and to |D|^2, for underflow
_CLIPS = 1e-12, 1e18  # beyond these, squares approach the limits of float32


@dataclass(frozen=True)
class _Product:
    """A layer's gradient: ``x`` [batch, inputs], transposed, times ``d``."""

    gradient: str
    norm: str
    """The operation that sums its squares."""
    x: str
    d: str
    slack: float
    """The bound on the error of the pairs' sum, relative to |X|^2 |D|^2."""
    elements: int


def skip_idle_norms(
    graph_def: Any, network: Network, batches: Sequence[StepShapes]
) -> None:
    """Make, in place, the norms of large gradients be computed only where needed.

    Args:
        graph_def: operations of the network's graph, without unneeded ones.
        network: the network; supplies the clip.
        batches: shapes for every batch size that occurs.
    """
    clip = np.float32(network.clip_gradients)
    # Such an environment variable can make oneDNN multiply in less than float32.
    if not _CLIPS[0] < clip < _CLIPS[1] or any("FPMATH_MODE" in v for v in os.environ):
        return
    nodes = {node.name: node for node in graph_def.node}
    factor, norms = _clipping(network)
    if not nodes.keys() >= {factor, *norms}:  # grappler replaced them
        return
    products = [p for name in norms if (p := _product(nodes, name, batches))]
    if not products or not _lead_to(nodes, [p.norm for p in products], factor):
        return
    largest = max(product.elements for product in products)
    limit = float(clip) ** 2 / 2 * math.exp(-(largest + _FEW * len(norms)) * _U)
    exact = [name for name in norms if name not in {p.norm for p in products}]
    graph_def.node.extend(_question(products, exact, limit))
    for product in products:
        nodes[product.norm].input[0] = needed = f"{product.norm}/needed"
        sources = {product.gradient: tf.float32, BELOW_CLIP: tf.bool}
        graph_def.node.extend(graft(needed, sources, _unless_sure))
    _know_factor(graph_def, factor, clip * (np.float32(1) / clip))


def _clipping(network: Network) -> tuple[str, list[str]]:
    """Return the names of the clip factor and of the half squared norms in it."""
    clipped = next(g for g, _ in network.train_op.grad if g is not None)
    if not isinstance(clipped, tf.Tensor):  # an embedding's: tf.IndexedSlices
        clipped = clipped.values
    factor = clipped.op.inputs[0].op.inputs[1]
    double = network.train_op.grad_norm.op.inputs[0].op
    total = double.inputs[0].op
    return factor.op.name, [norm.op.name for norm in total.inputs[0].op.inputs]


def _product(nodes: Any, norm: str, batches: Sequence[StepShapes]) -> _Product | None:
    """Return the product whose norm this is, if it is large and the bound is useful."""
    node = nodes.get(nodes[norm].input[0])
    if node is None or node.op != "MatMul" or len(node.input) != 2:
        return None
    if not node.attr["transpose_a"].b or node.attr["transpose_b"].b:
        return None
    slack, elements = 0.0, 0
    for shapes in batches:
        x, d = (shapes(name) for name in node.input)
        if x is None or d is None:
            return None
        (n, inputs), (_, units) = x, d
        elements = inputs * units
        if (
            4 * elements < _WORTHWHILE
            or n * n * (inputs + units) > _MAX_PRODUCTS * elements
        ):
            return None
        if elements * _U > 1 or n * (inputs + units) * _U > 1 / 4:  # the bound is loose
            return None
        slack = max(slack, 2 * (inputs + units + n * n) * _U)
    x_name, d_name = node.input
    return _Product(node.name, norm, x_name, d_name, slack, elements)


def _lead_to(nodes: dict[str, Any], starts: list[str], end: str) -> bool:
    """Return whether all users of the starts lead to ``end`` only.

    They do not run in steps without norms.
    """
    if any(f"^{end}" in node.input for node in nodes.values()):
        return False
    users = users_of(nodes.values())
    found, waiting = {end}, list(starts)
    while waiting:
        name = waiting.pop()
        if name not in found:
            if not users[name]:
                return False
            found.add(name)
            waiting.extend(users[name])
    return True


def _question(products: list[_Product], exact: list[str], limit: float) -> list[Any]:
    """Return the operations that test whether the norm cannot reach the clip.

    Args:
        products: the gradients whose norms are bounded.
        exact: half squared norms of the other gradients.
        limit: of the sum of all half squared norms.
    """
    names = [*exact, *(name for p in products for name in (p.x, p.d))]
    sources = dict.fromkeys(names, tf.float32)

    def sure(*given: Any) -> Any:
        tensors = dict(zip(sources, given, strict=True))
        halves = [tensors[name] for name in exact]
        for product in products:
            x, d = tensors[product.x], tensors[product.d]
            # Factors with x alone can be computed before d is known.
            halves.append(tf.reduce_sum((_gram(x) / 2) * _gram(d)))
            of_x = (tf.nn.l2_loss(x) + _TINY) * (2 * product.slack)
            halves.append(of_x * (tf.nn.l2_loss(d) + _TINY))
        return tf.less_equal(tf.add_n(halves), np.float32(limit))

    return graft(BELOW_CLIP, sources, sure)


def _gram(rows: Any) -> Any:
    return tf.raw_ops.MatMul(a=rows, b=rows, transpose_b=True)


def _know_factor(graph_def: Any, factor: str, known: np.float32) -> None:
    """Replace the clip factor, in place, by ``known`` where the norm is below."""

    def factor_of(worked_out: Any, sure: Any) -> Any:
        if_sure = tf.raw_ops.Switch(data=known, pred=sure).output_true
        return tf.raw_ops.Merge(inputs=[worked_out, if_sure]).output

    reroute(graph_def, factor, FACTOR)
    sources = {factor: tf.float32, BELOW_CLIP: tf.bool}
    graph_def.node.extend(graft(FACTOR, sources, factor_of))


def _unless_sure(tensor: Any, sure: Any) -> Any:
    return tf.raw_ops.Switch(data=tensor, pred=sure).output_false
