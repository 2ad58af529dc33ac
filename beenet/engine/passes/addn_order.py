"""Fix the order of additions in sums of three and more terms.

TensorFlow's AddN begins with an input whose memory is free for the result, so the last
bit of a long sum can depend on timing. beenet promises the same bytes for the same run,
so where timing matters the sum is evaluated from left to right.

Grappler also reorders sums of sums and products of products by their shapes. In a loop
it knows more shapes than in TFLearn's graph, so there these operations are marked as
already processed.
"""

from collections import Counter
from typing import Any

from beenet.engine.graph.nodes import control_inputs, data_inputs, set_inputs
from beenet.engine.plan import plan_of
from beenet.network.network import Network

_IN_ORDER = (  # grappler's own marks of nodes that it has processed
    "_grappler_ArithmeticOptimizer_AddOpsRewriteStage",
    "_grappler_ArithmeticOptimizer_MinimizeBroadcasts",
)


def fix_addn_order(graph_def: Any, network: Network) -> None:
    """Fix, in place, the order of those long sums whose result depends on timing.

    These are sums whose terms have other readers, and all sums where operations run
    in parallel. There TFLearn's own last bits vary with what else is run with a step,
    and when. Other sums are deterministic, and stay as they are.
    """
    one_at_a_time = plan_of(network).inter == 1
    readers = Counter(name for node in graph_def.node for name in node.input)
    for node in list(graph_def.node):
        terms = data_inputs(node)
        if node.op == "AddN" and len(terms) > 2:
            shared = any(readers[term] > 1 for term in terms)
            if shared or not one_at_a_time:
                _sum_in_order(graph_def, node)


def keep_order(graph_def: Any) -> None:
    """Mark sums and products, in place, so that grappler keeps their order.

    It would reorder sums of sums and products of products by their shapes. It still
    folds constants, but its first run has already folded those that it can.
    """
    for node in graph_def.node:
        if node.op in ("Add", "AddN", "AddV2", "Mul"):
            for mark in _IN_ORDER:
                node.attr[mark].b = True


def _sum_in_order(graph_def: Any, node: Any) -> None:
    """Replace ``node`` by a chain of additions, the last of which has its name."""
    terms, controls = data_inputs(node), control_inputs(node)
    dtype = node.attr["T"].type
    so_far = terms[0]
    for i, term in enumerate(terms[1:-1]):
        addition = graph_def.node.add(name=f"{node.name}/{i}", op="AddV2")
        addition.input.extend([so_far, term, *controls])
        addition.attr["T"].type = dtype
        so_far = addition.name
    set_inputs(node, [so_far, terms[-1], *controls])
    node.op = "AddV2"
    node.attr.clear()
    node.attr["T"].type = dtype
