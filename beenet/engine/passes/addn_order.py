"""Fix the order of additions in sums of three and more terms.

TensorFlow's AddN begins with whichever input's memory is free for the result, so the
last bit of a long sum can depend on timing. beenet promises the same bytes for the same
run, so where timing plays a part the sum goes from left to right.

Grappler also reorders sums of sums and products of products by their shapes. In a loop
it knows more shapes than in TFLearn's graph, so there these operations are marked as
already in order.
"""

from collections import Counter
from typing import Any

from beenet.engine.graph.nodes import control_inputs, data_inputs, set_inputs
from beenet.engine.plan import plan_of
from beenet.network.network import Network

_IN_ORDER = (  # grappler's own marks of what it has been at
    "_grappler_ArithmeticOptimizer_AddOpsRewriteStage",
    "_grappler_ArithmeticOptimizer_MinimizeBroadcasts",
)


def fix_addn_order(graph_def: Any, network: Network) -> None:
    """Put, in place, those long sums in order whose result depends on timing.

    It does for sums whose terms others read too, and for all sums where operations run
    at the same time. There TFLearn's own last bits are a matter of luck: of what else
    is run with a step, and of when. Elsewhere they are not, and are kept.
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
    """Mark sums and products, in place, so that TensorFlow keeps their order.

    It would add sums of sums, and multiply products of products, by their shapes.
    Constants it folds as before, which was done already where it is done at all.
    """
    for node in graph_def.node:
        if node.op in ("Add", "AddN", "AddV2", "Mul"):
            for mark in _IN_ORDER:
                node.attr[mark].b = True


def _sum_in_order(graph_def: Any, node: Any) -> None:
    """Replace ``node`` by a chain of additions, the last of which takes its name."""
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
