"""Skip the multiplication of gradient clipping while its factor is exactly 1.

TFLearn multiplies every gradient by ``clip * min(1 / norm, 1 / clip)``. While the
norm is below the clip, which is nearly always, that factor is exactly 1 (for 5.0 and
most other clips), and the product equals the gradient bit for bit; but the pass over
megabytes of weights costs up to a tenth of a step. A switch tests the factor and
bypasses the multiplication.
"""

from typing import Any

from beenet.engine.graph.grafts import graft
from beenet.engine.graph.nodes import reroute
from beenet.network.network import Network
from beenet.tflearn_backend import tf

IDLE = "beenet/clip/idle"
"""The boolean tensor of a step that says whether the clip factor is exactly 1."""

# Below this number of elements the product is cheaper than the switch.
_WORTHWHILE = 16384


def skip_idle_clipping(graph_def: Any, network: Network) -> None:
    """Put, in place, a switch around each large product of gradient and factor."""
    if not network.clip_gradients:
        return
    products = {}
    for gradient, variable in network.train_op.grad:
        if isinstance(gradient, tf.Tensor):  # an embedding's is tf.IndexedSlices
            product = gradient.op.inputs[0].op if gradient.op.inputs else gradient.op
            if product.type == "Mul" and variable.shape.num_elements() >= _WORTHWHILE:
                products[product.name] = product.inputs[1].op.name
    nodes = {node.name: node for node in graph_def.node}
    for name, factor in products.items():
        # Grappler may have swapped the inputs, or merged two products into one.
        if name in nodes and factor in nodes[name].input:
            if IDLE not in nodes:
                idle = graft(IDLE, {factor: tf.float32}, lambda f: tf.equal(f, 1.0))
                graph_def.node.extend(idle)
                nodes[IDLE] = idle[-1]
            gradient = 1 - list(nodes[name].input).index(factor)
            _switch(graph_def, nodes[name], gradient)


def _switch(graph_def: Any, product: Any, gradient: int) -> None:
    """Route the gradient around ``product`` where clipping is idle."""
    around, merged = f"{product.name}/around", f"{product.name}/merged"
    dtype = tf.as_dtype(product.attr["T"].type)
    reroute(graph_def, product.name, merged)
    sources = {product.input[gradient]: dtype, IDLE: tf.bool}
    switch = graft(
        around, sources, lambda g, idle: tf.raw_ops.Switch(data=g, pred=idle)[0]
    )
    product.input[gradient] = f"{around}:0"
    ways = {f"{around}:1": dtype, product.name: dtype}
    merge = graft(merged, ways, lambda *ways: tf.raw_ops.Merge(inputs=ways).output)
    graph_def.node.extend([*switch, *merge])
