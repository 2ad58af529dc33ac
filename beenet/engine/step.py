"""Extract one training step from TFLearn's graph, to be imported into a loop."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tensorflow.python.framework import graph_util

from beenet.engine.averages import Averages
from beenet.engine.graph.nodes import control_inputs, data_inputs, set_inputs
from beenet.engine.graph.shapes import StepShapes
from beenet.engine.passes.addn_order import fix_addn_order, keep_order
from beenet.engine.passes.blocked_products import block_products
from beenet.engine.passes.branches import (
    drop_unused_functions,
    take_branches,
    unwrap_optionals,
)
from beenet.engine.passes.grappler import run_grappler
from beenet.engine.passes.idle_clipping import skip_idle_clipping
from beenet.engine.passes.idle_norms import skip_idle_norms
from beenet.engine.passes.in_place_updates import update_in_place
from beenet.engine.passes.lowered_branches import take_lowered_branches
from beenet.engine.passes.panels import Panels, hold_in_panels
from beenet.engine.passes.row_layout import use_row_layout
from beenet.engine.randomness import RandomOps, keyed, make_stateless
from beenet.network.network import Network
from beenet.tflearn_backend import tflearn


@dataclass(frozen=True)
class TrainStep:
    """A step without its input, target and variables, which the loop supplies."""

    graph_def: Any
    """The operations, in a separate ``GraphDef``."""

    variables: tuple[str, ...]
    """Names of the variable handles that it reads and writes."""

    panels: tuple[Panels, ...]
    """Variables that it reads and writes in panels, which the loop also supplies."""

    random: RandomOps | None
    """Its random operations; None if there are none, or TFLearn's own are kept."""


def extract_step(
    network: Network,
    averages: Averages,
    batch_sizes: Iterable[int],
    *,
    stateful_random: bool = False,
) -> TrainStep:
    """Extract the train op and the averaged tensors from the network's graph.

    The operations are TFLearn's, as TensorFlow would run them, after the rewrites of
    `beenet.engine.passes`, none of which changes a bit. Moving averages and the
    variables' handles are left out. Random operations draw from a key and a counter
    that are fed.

    Args:
        network: the network; its graph stays as it is.
        averages: the network's moving averages; computed outside the step.
        batch_sizes: every batch size that the step will run on.
        stateful_random: keep TFLearn's random operations, which have hidden state. For
            tests, which compare with TFLearn's own loop.

    Raises:
        NetworkError: the network has a random operation that cannot be keyed.
    """
    ends = [end.op.name for end in averages.tensors]
    ends.append(network.train_op.apply_grad.name)
    with network.graph.as_default():
        is_training = tflearn.get_training_mode().op.name
    graph_def = network.graph.as_graph_def()
    taken = take_branches(graph_def, is_training, training=True)
    random_order = [] if stateful_random else _random(graph_def, ends)
    flat = None
    if not on_gpu(network):  # a GPU has other fusion rules
        run = [network.train_op.train.name, *ends]
        flat = run_grappler(network.graph.as_graph_def(), network, run)
    if flat is not None:
        graph_def = flat
        take_lowered_branches(graph_def, taken)
        unwrap_optionals(graph_def)
    for node in graph_def.node:
        node.attr.pop("_class", None)  # colocation with nodes that may be gone
    averages.drop_updates(graph_def)
    if flat is not None:  # on a GPU the switch costs more than the product
        skip_idle_clipping(graph_def, network)
    fix_addn_order(graph_def, network)
    graph_def = graph_util.extract_sub_graph(graph_def, ends)
    drop_unused_functions(graph_def)
    panels: tuple[Panels, ...] = ()
    if flat is not None:  # a GPU uses other kernels, and grappler has not run yet
        keep_order(graph_def)
        batches = [StepShapes(graph_def, network, size) for size in batch_sizes]
        skip_idle_norms(graph_def, network, batches)
        use_row_layout(graph_def, network, batches)
        block_products(graph_def, network, batches)
        panels = hold_in_panels(graph_def, network, batches)
    update_in_place(graph_def)
    random = None
    if not stateful_random:
        random = make_stateless(graph_def, random_order)
        keyed(graph_def)  # check that no op with hidden state is left
    variables = [node.name for node in graph_def.node if node.op == "VarHandleOp"]
    _leave_out(graph_def, {*variables, network.x.op.name, network.y.op.name})
    return TrainStep(graph_def, tuple(variables), panels, random)


def _random(graph_def: Any, ends: list[str]) -> list[str]:
    """Return the random operations of the step, in the order of the network's graph.

    The optimized graph has another order, and its loops are lowered.

    Args:
        graph_def: the network's graph, its branches inlined.
        ends: the operations that are run.
    """
    graph_def = graph_util.extract_sub_graph(graph_def, ends)
    drop_unused_functions(graph_def)
    return keyed(graph_def)


def _leave_out(graph_def: Any, given: set[str]) -> None:
    """Drop, in place, nodes supplied from outside, and control dependencies on them."""
    nodes = [node for node in graph_def.node if node.name not in given]
    for node in nodes:
        waits = [i for i in control_inputs(node) if i[1:] not in given]
        set_inputs(node, [*data_inputs(node), *waits])
    del graph_def.node[:]
    graph_def.node.extend(nodes)


def on_gpu(network: Network) -> bool:
    """Return whether the network's session runs on a GPU."""
    devices = network.session.list_devices()
    return any(device.device_type == "GPU" for device in devices)
