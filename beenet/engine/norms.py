"""The norm of a large layer's gradient, worked out only where clipping might act.

TFLearn clips by the norm of all gradients together: a pass over megabytes each step,
and nearly always the answer is that it is below the clip. A fully connected layer's
gradient is a product X^T D of what went into the layer, X [batch, inputs], and the
gradient behind it, D [batch, units]. So its squared norm is

    |X^T D|^2  =  sum over all pairs (i, j) of examples of  (X X^T)_ij (D D^T)_ij

which takes two products of [batch, batch]. They do not round as the norm does, so they
only tell whether it can reach the clip. Where it certainly cannot, the clip factor is
known, and where it might, TFLearn's own operations work it out as ever.

Certainly: in float32, with u = 2^-24, a sum of n products in whatever order is off by
less than n u times the sum of their sizes (Higham, Accuracy and Stability of Numerical
Algorithms, 3.1). By Cauchy and Schwarz the sum above is then off by less than
(inputs + units + batch^2) u |X|^2 |D|^2. Twice that is added: for higher powers of u,
and for the rounding of |X| and |D| themselves. And TFLearn's sum of n squares may come
out too large by a factor of exp(n u), by which the clip is lowered.
"""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from beenet.engine.grafts import graft
from beenet.engine.shapes import Shapes
from beenet.network.network import Network
from beenet.tflearn_backend import tf

SURE = "beenet/clip/sure"
"""Says, in a step, that the norm does not reach the clip."""

_FACTOR = "beenet/clip/factor"

# Below this the pass costs no more than the question whether it is needed.
_WORTHWHILE = 1 << 20  # bytes of a gradient

_U = 2.0**-24  # the most by which rounding to float32 is off
_FEW = 64  # operations for each norm whose rounding is in none of its sums


@dataclass(frozen=True)
class _Product:
    """A layer's gradient: ``x`` [batch, inputs], transposed, times ``d``."""

    gradient: str
    norm: str
    """The operation that sums its squares."""
    x: str
    d: str
    slack: float
    """The most that the pairs' sum is off by, as a part of |X|^2 |D|^2."""


def skip_idle_norms(
    graph_def: Any, network: Network, batches: Sequence[Shapes]
) -> None:
    """Have, in place, the norms of large gradients worked out only where needed.

    Args:
        graph_def: operations of the network's graph: all that are there are needed.
        network: the network; tells how it clips.
        batches: shapes for all the batch sizes that it will see.
    """
    clip = np.float32(network.clip_gradients)
    # Told to by its own variable, oneDNN multiplies in less than float32.
    if not clip > 0 or "TF_SET_ONEDNN_FPMATH_MODE" in os.environ:
        return
    nodes = {node.name: node for node in graph_def.node}
    factor, norms = _clipping(network)
    if not nodes.keys() >= {factor, *norms}:  # TensorFlow's optimizer made others
        return
    elements = sum(v.shape.num_elements() for _, v in network.train_op.grad)
    products = [p for name in norms if (p := _product(nodes, name, batches))]
    if not products or elements * _U > 1:
        return
    limit = float(clip) ** 2 / 2 * math.exp(-(elements + _FEW * len(norms)) * _U)
    exact = [name for name in norms if name not in {p.norm for p in products}]
    graph_def.node.extend(_question(products, exact, limit))
    for product in products:
        nodes[product.norm].input[0] = f"{product.norm}/needed"
        _add_switch(graph_def, f"{product.norm}/needed", product.gradient)
    _know_factor(graph_def, factor, clip * (np.float32(1) / clip))


def _clipping(network: Network) -> tuple[str, list[str]]:
    """Return the clip factor, and the half squared norms that it is made of."""
    clipped = next(g for g, _ in network.train_op.grad if g is not None)
    if not isinstance(clipped, tf.Tensor):  # an embedding's: tf.IndexedSlices
        clipped = clipped.values
    factor = clipped.op.inputs[0].op.inputs[1]
    double = network.train_op.grad_norm.op.inputs[0].op
    total = double.inputs[0].op
    return factor.op.name, [norm.op.name for norm in total.inputs[0].op.inputs]


def _product(nodes: Any, norm: str, batches: Sequence[Shapes]) -> _Product | None:
    """Return the product that a norm is of, if it is a large one."""
    node = nodes.get(nodes[norm].input[0])
    if node is None or node.op != "MatMul" or len(node.input) != 2:
        return None
    if not node.attr["transpose_a"].b or node.attr["transpose_b"].b:
        return None
    slack = 0.0
    for shapes in batches:
        x, d = (shapes(name) for name in node.input)
        if x is None or d is None or 4 * x[1] * d[1] < _WORTHWHILE:
            return None
        slack = max(slack, 2 * (x[1] + d[1] + x[0] ** 2) * _U)
    x_name, d_name = node.input
    return _Product(node.name, norm, x_name, d_name, slack)


def _question(products: list[_Product], exact: list[str], limit: float) -> list[Any]:
    """Return the operations that say whether the norm cannot reach the clip.

    Args:
        products: the gradients whose norms are bounded.
        exact: half squared norms of the others.
        limit: of the sum of all half squared norms.
    """
    names = [*exact, *(name for p in products for name in (p.x, p.d))]
    sources = dict.fromkeys(names, tf.float32)

    def sure(*given: Any) -> Any:
        tensors = dict(zip(sources, given, strict=True))
        halves = [tensors[name] for name in exact]
        for product in products:
            x, d = tensors[product.x], tensors[product.d]
            # What is known of x is worked out while d is not known yet.
            halves.append(tf.reduce_sum((_gram(x) / 2) * _gram(d)))
            halves.append((tf.nn.l2_loss(x) * (2 * product.slack)) * tf.nn.l2_loss(d))
        return tf.less_equal(tf.add_n(halves), np.float32(limit))

    return graft(SURE, sources, sure)


def _gram(rows: Any) -> Any:
    return tf.raw_ops.MatMul(a=rows, b=rows, transpose_b=True)


def _add_switch(graph_def: Any, name: str, tensor: str) -> None:
    """Add a switch that hands a tensor on, as ``:0`` where not sure, else as ``:1``."""
    switch = graph_def.node.add(name=name, op="Switch", input=[tensor, SURE])
    switch.attr["T"].type = tf.float32.as_datatype_enum


def _know_factor(graph_def: Any, factor: str, known: np.float32) -> None:
    """Let those that take the clip factor take ``known`` where that is sure."""
    for node in graph_def.node:
        for i, name in enumerate(node.input):
            if name == factor:
                node.input[i] = _FACTOR
    constant = graph_def.node.add(name=f"{_FACTOR}/known", op="Const")
    constant.attr["dtype"].type = tf.float32.as_datatype_enum
    constant.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(known, tf.float32))
    _add_switch(graph_def, f"{_FACTOR}/if_sure", constant.name)
    merge = graph_def.node.add(name=_FACTOR, op="Merge")
    merge.input.extend([factor, f"{_FACTOR}/if_sure:1"])
    merge.attr["T"].type = tf.float32.as_datatype_enum
    merge.attr["N"].i = 2
