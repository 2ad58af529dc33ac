"""Split the first dense layer's weights into column panels while a chunk is trained.

A fully connected layer's output, and the gradient of its weights, are separate sums for
each unit. So the weights [inputs, units] can be cut into panels, each with its own
operations for products and update: where two may run at once, two threads share them,
and a panel stays in a processor's cache until its gradient is computed. Weights of
megabytes do not.

This applies only to a layer on the network's input. One that backpropagates a gradient
would have to add partial sums of its units, which rounds differently from one sum.

The panels are variables of the engine, filled from the network's variable before a
chunk and concatenated again after it. A product's kernel might add in another order
for fewer units: `same_bits` tests that on this machine, and a layer that differs in any
bit stays whole. The update is elementwise, so the same in any case; the optimizer's
slots are cut into panels as the weights are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any

from beenet.engine.graph.grafts import again, graft
from beenet.engine.graph.nodes import copied, renamed, set_inputs
from beenet.engine.graph.same_bits import same_bits
from beenet.engine.graph.shapes import StepShapes
from beenet.engine.passes.dense_layer import DenseLayer, match_dense_layer
from beenet.engine.plan import plan_of
from beenet.network.network import Network
from beenet.tflearn_backend import tf

_PANEL = 1 << 19  # bytes of a panel: smaller ones gain nothing

# Bytes of weights and slots: with more, splitting and concatenating take so long that
# chunks of a quarter of a second gain nothing, or lose.
_LARGEST = 48 << 20

_TOGETHER = 16  # units that stay together: the number in a vector register
# Numbers that a kernel may process at a time. It processes the rest one by one, and
# may round the optimizers' roots and quotients differently there.
_WHOLE = 64


@dataclass(frozen=True)
class Panels:
    """A variable of the network, and the widths of its panels."""

    variable: Any
    widths: tuple[int, ...]

    @property
    def names(self) -> list[str]:
        """The names of the panels' handles in the step."""
        return _parts(f"{self.variable.op.name}/panel", len(self.widths))

    def make(self) -> list[Any]:
        """Return handles of new variables for the panels, in the current graph."""
        graph = tf.get_default_graph()
        rows = self.variable.shape[0]
        return [
            tf.raw_ops.VarHandleOp(
                dtype=tf.float32,
                shape=[rows, width],
                # The session identifies the variable by this name.
                shared_name=graph.unique_name("panel", mark_as_used=False),
                name="panel",
            )
            for width in self.widths
        ]

    def fill(self, handles: Sequence[Any]) -> list[Any]:
        """Return the operations that assign the variable's parts to the panels."""
        parts = tf.split(self.variable.read_value(), self.widths, axis=1)
        return [
            tf.raw_ops.AssignVariableOp(resource=handle, value=part)
            for handle, part in zip(handles, parts, strict=True)
        ]

    def join(self, handles: Sequence[Any]) -> Any:
        """Return the operation that assigns the joined panels to the variable."""
        read = partial(tf.raw_ops.ReadVariableOp, dtype=tf.float32)
        whole = tf.concat([read(resource=handle) for handle in handles], axis=1)
        return self.variable.assign(whole, read_value=False)


def hold_in_panels(
    graph_def: Any, network: Network, batches: Sequence[StepShapes]
) -> tuple[Panels, ...]:
    """Cut, in place, the wide layers on the network's input into panels.

    Args:
        graph_def: operations of the network's graph, without unneeded ones.
        network: the network; supplies the thread counts for the test.
        batches: shapes for every batch size that occurs.

    Returns:
        The variables to be copied into panels before the operations run.
    """
    at_once = plan_of(network).inter
    held: list[Panels] = []
    room = _LARGEST
    for _, variable in network.train_op.grad:
        shape = variable.shape.as_list()
        widths = _widths(shape, at_once)
        layer = (
            match_dense_layer(graph_def, variable.handle.op.name) if widths else None
        )
        if layer is None:
            continue
        slots = _variables(layer.slots, network)
        size = 4 * prod(shape) * (1 + len(layer.slots))
        if len(slots) < len(layer.slots) or size > room:
            continue
        if _rounds_alike(layer, widths, network, batches):
            panels = [Panels(whole, widths) for whole in (variable, *slots)]
            _cut(graph_def, layer, panels)
            held += panels
            room -= size
    return tuple(held)


def _variables(handles: Sequence[str], network: Network) -> list[Any]:
    """Return the variables with these handles, if they are saved."""
    saved = network.variables().values()  # a plugin's may have no handle
    known = {v.handle.op.name: v for v in saved if hasattr(v, "handle")}
    return [known[handle] for handle in handles if handle in known]


def _widths(shape: Sequence[int], wanted: int) -> tuple[int, ...]:
    """Return the number of units of each panel; () where panels gain nothing."""
    if len(shape) != 2:
        return ()
    inputs, units = shape
    groups = -(-units // _TOGETHER)
    wanted = min(wanted, groups, 4 * inputs * units // _PANEL)
    if wanted < 2:
        return ()
    most = -(-groups // wanted) * _TOGETHER
    widths = tuple(min(most, units - first) for first in range(0, units, most))
    whole = all(inputs * width % _WHOLE == 0 for width in widths)
    return widths if whole else ()


def _rounds_alike(
    layer: DenseLayer,
    widths: Sequence[int],
    network: Network,
    batches: Sequence[StepShapes],
) -> bool:
    """Return whether products with panels have the same bits as with whole weights."""

    def forward(x: Any, weights: Any, *bias: Any) -> Any:
        panels = tf.split(weights, widths, axis=1)
        return _forward(layer, widths, x, panels, *bias)

    def gradient(x: Any, d: Any) -> Any:
        return tf.concat(_gradients(layer, widths, x, d), axis=1)

    return all(
        same_bits(node, _grafted(node.name, node.input, make), network, batches)
        for node, make in ((layer.forward, forward), (layer.gradient, gradient))
    )


def _forward(
    layer: DenseLayer, widths: Sequence[int], x: Any, panels: Sequence[Any], *bias: Any
) -> Any:
    """Return a layer's output for ``x``, each panel multiplied separately."""
    parts = zip(panels, *(tf.split(b, widths) for b in bias), strict=True)
    return tf.concat([again(layer.forward, [x, *part]) for part in parts], axis=1)


def _gradients(layer: DenseLayer, widths: Sequence[int], x: Any, d: Any) -> list[Any]:
    """Return each panel's gradient."""
    return [again(layer.gradient, [x, part]) for part in tf.split(d, widths, axis=1)]


def _cut(graph_def: Any, layer: DenseLayer, panels: Sequence[Panels]) -> None:
    """Replace, in place, operations on the whole weights by operations on panels."""
    widths = panels[0].widths
    n = len(widths)
    x, _, *bias = layer.forward.input
    reads = _parts(layer.read.name, n)

    def forward(x: Any, *others: Any) -> Any:
        return _forward(layer, widths, x, others[:n], *others[n:])

    def gradients(x: Any, d: Any) -> list[Any]:
        return _gradients(layer, widths, x, d)

    new = _grafted(layer.forward.name, [x, *reads, *bias], forward)
    new += _grafted(layer.gradient.name, layer.gradient.input, gradients)
    new += _divided(layer, panels)
    gone = {node.name for node in (layer.forward, layer.gradient, *_all_divided(layer))}
    gone |= {held.variable.handle.op.name for held in panels}
    kept = [node for node in graph_def.node if node.name not in gone]
    _wait_for_parts(kept, layer.to_update[-1].name, n)
    del graph_def.node[:]
    graph_def.node.extend([*kept, *new])


def _all_divided(layer: DenseLayer) -> list[Any]:
    """Return the operations that are copied for each panel."""
    return [layer.read, *layer.to_update, *([layer.norm] if layer.norm else [])]


def _divided(layer: DenseLayer, panels: Sequence[Panels]) -> list[Any]:
    """Return the copies, and the operations that join the gradient for its norm."""
    nodes, new = _all_divided(layer), []
    n = len(panels[0].widths)
    for i in range(n):
        names = {node.name: f"{node.name}/{i}" for node in [layer.gradient, *nodes]}
        names |= {held.variable.handle.op.name: held.names[i] for held in panels}
        for node in nodes:
            inputs = [renamed(tensor, names) for tensor in node.input]
            new.append(copied(node, names[node.name], inputs))
    if layer.norm is not None:
        name, parts = layer.norm.name, _parts(layer.norm.name, n)
        new += _grafted(name, parts, lambda *parts: tf.concat(parts, axis=1))
    return new


def _wait_for_parts(nodes: Iterable[Any], name: str, n: int) -> None:
    """Replace, in place, control inputs from an operation by those from its parts."""
    for node in nodes:
        if f"^{name}" in node.input:
            others = [waited for waited in node.input if waited != f"^{name}"]
            set_inputs(node, [*others, *(f"^{part}" for part in _parts(name, n))])


def _grafted(name: str, sources: Sequence[str], make: Any) -> list[Any]:
    return graft(name, dict.fromkeys(sources, tf.float32), make)


def _parts(name: str, n: int) -> list[str]:
    return [f"{name}/{i}" for i in range(n)]
