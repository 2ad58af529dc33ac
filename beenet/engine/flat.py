"""TFLearn's graph as TensorFlow would run it: with its optimizer's work done.

Before a graph is run, TensorFlow's optimizer (grappler) fuses operations, and writes
some in another way: ``x ** 3`` as ``x * x * x``, a product, its bias and its sigmoid as
one kernel. Each such rewriting moves last bits, and whether it is done depends on what
stands around an operation: within a loop it decides otherwise than in TFLearn's own
graph. So its decisions are taken here, on TFLearn's graph, and the loop is given what
came of them.
"""

from collections.abc import Iterable
from typing import Any

from tensorflow.core.protobuf import config_pb2, meta_graph_pb2, rewriter_config_pb2
from tensorflow.python.grappler import tf_optimizer

from beenet.engine.nodes import control_inputs, set_inputs
from beenet.network.network import Network
from beenet.tflearn_backend import tf

_CPU = "/job:localhost/replica:0/task:0/device:CPU:0"


def optimized(graph_def: Any, network: Network, ends: Iterable[str]) -> Any:
    """Return a ``GraphDef`` optimized as a session would; None where that fails.

    A session would go on without, then.

    Args:
        graph_def: the network's whole graph; stays as it is.
        network: the network; tells how its session is made.
        ends: the names of what is run, whose names are kept.
    """
    ends = list(ends)
    try:
        opened = _laid_open(graph_def, ends)
        return after_passes(opened, network.session_config, ends)
    except tf.errors.OpError:
        return None


def _laid_open(graph_def: Any, ends: list[str]) -> Any:
    """Return the graph with its conditionals and loops laid open, as a session does it.

    A session does so before its optimizer begins. That has a pass for it as well, but
    one that makes a conditional with side effects wait for all that goes into it; and
    where something waits for an operation, it is not fused with the one before.
    """
    config = config_pb2.ConfigProto()
    rewriting = config.graph_options.rewrite_options
    rewriting.optimizers.append("function")
    rewriting.meta_optimizer_iterations = rewriter_config_pb2.RewriterConfig.ONE
    opened = after_passes(graph_def, config, ends)
    switches = [node for node in opened.node if node.op == "Switch"]
    for node in switches:
        conditional, question, _ = node.name.rpartition("/switch_pred/")
        if question:
            own = [s for s in switches if s.name.startswith(f"{conditional}/")]
            goes_in = {f"^{switch.input[0].split(':')[0]}" for switch in own}
            added = goes_in - _asked_for(conditional, graph_def)
            set_inputs(node, [name for name in node.input if name not in added])
    return opened


def _asked_for(conditional: str, graph_def: Any) -> set[str]:
    """Return what a conditional was to wait for in the graph that was laid open.

    One within another's side was called after it there, and so was what it waits for.
    """
    waits: set[str] = set()
    for nodes in (graph_def.node, *(f.node_def for f in graph_def.library.function)):
        for node in nodes:
            if node.op in ("If", "StatelessIf") and conditional.endswith(node.name):
                before = conditional.removesuffix(node.name)
                waits |= {f"^{before}{i[1:]}" for i in control_inputs(node)}
    return waits


def after_passes(graph_def: Any, config: Any, ends: Iterable[str]) -> Any:
    """Return a ``GraphDef`` after the passes of a ``ConfigProto``, all on the CPU."""
    meta = meta_graph_pb2.MetaGraphDef(graph_def=graph_def)
    for node in meta.graph_def.node:
        # What is nowhere yet, it takes for a GPU's and leaves alone.
        node.device = node.device or _CPU
    meta.collection_def["train_op"].node_list.value.extend(ends)
    done = tf_optimizer.OptimizeGraph(config, meta)
    for node in done.node:
        node.ClearField("device")
    return done
