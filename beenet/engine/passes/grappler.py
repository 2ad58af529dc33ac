"""Run TensorFlow's graph optimizer, grappler, on TFLearn's graph.

Before a session runs a graph, grappler fuses operations and rewrites some: ``x ** 3``
becomes ``x * x * x``; a product, its bias and its sigmoid become one kernel. A rewrite
can change last bits, and whether it happens depends on the operations around it: in a
loop grappler would decide differently than in TFLearn's own graph. So grappler runs
here, on TFLearn's graph, and the loop is built from the result.
"""

from collections.abc import Iterable
from typing import Any

from tensorflow.core.protobuf import config_pb2, meta_graph_pb2, rewriter_config_pb2
from tensorflow.python.grappler import tf_optimizer

from beenet.engine.graph.nodes import control_inputs, set_inputs
from beenet.network.network import Network
from beenet.tflearn_backend import tf

_CPU = "/job:localhost/replica:0/task:0/device:CPU:0"


def run_grappler(graph_def: Any, network: Network, ends: Iterable[str]) -> Any:
    """Return a ``GraphDef`` optimized as in a session; None if that fails.

    A session would then run the graph unoptimized.

    Args:
        graph_def: the network's whole graph; stays as it is.
        network: the network; supplies the session's config.
        ends: the names of the operations that are run; they are preserved.
    """
    ends = list(ends)
    try:
        lowered = _lowered(graph_def, ends)
        return apply_passes(lowered, network.session_config, ends)
    except tf.errors.OpError:
        return None


def _lowered(graph_def: Any, ends: list[str]) -> Any:
    """Return the graph with conditionals and loops lowered, as a session lowers them.

    A session does so before grappler runs. Grappler's own pass for it, used here, adds
    control dependencies from all inputs of a conditional with side effects, and an
    operation with control dependencies is not fused: they are removed again.
    """
    config = config_pb2.ConfigProto()
    rewriting = config.graph_options.rewrite_options
    rewriting.optimizers.append("function")
    rewriting.meta_optimizer_iterations = rewriter_config_pb2.RewriterConfig.ONE
    lowered = apply_passes(graph_def, config, ends)
    switches = [node for node in lowered.node if node.op == "Switch"]
    for node in switches:
        conditional, question, _ = node.name.rpartition("/switch_pred/")
        if question:
            own = [s for s in switches if s.name.startswith(f"{conditional}/")]
            goes_in = {f"^{switch.input[0].split(':')[0]}" for switch in own}
            added = goes_in - _asked_for(conditional, graph_def)
            set_inputs(node, [name for name in node.input if name not in added])
    return lowered


def _asked_for(conditional: str, graph_def: Any) -> set[str]:
    """Return the control inputs that a conditional had before it was lowered.

    Lowering prefixes the name of a nested conditional, and the names of its control
    inputs, with the outer conditional's name.
    """
    waits: set[str] = set()
    for nodes in (graph_def.node, *(f.node_def for f in graph_def.library.function)):
        for node in nodes:
            if node.op in ("If", "StatelessIf") and conditional.endswith(node.name):
                before = conditional.removesuffix(node.name)
                waits |= {f"^{before}{i[1:]}" for i in control_inputs(node)}
    return waits


def apply_passes(graph_def: Any, config: Any, ends: Iterable[str]) -> Any:
    """Return a ``GraphDef`` after a ``ConfigProto``'s grappler passes, for the CPU."""
    meta = meta_graph_pb2.MetaGraphDef(graph_def=graph_def)
    for node in meta.graph_def.node:
        # Grappler skips nodes without a device.
        node.device = node.device or _CPU
    meta.collection_def["train_op"].node_list.value.extend(ends)
    done = tf_optimizer.OptimizeGraph(config, meta)
    for node in done.node:
        node.ClearField("device")
    return done
