"""Sums of three and more in an order of their own.

TensorFlow's AddN begins with whichever input's memory happens to be free for the
result, so that the last bit of a long sum depends on timing. Two runs of beenet end
with the same bytes, so here a sum goes from left to right.
"""

from typing import Any


def sum_in_order(graph_def: Any) -> None:
    """Replace, in place, each AddN of three or more by a chain of additions.

    A sum of two needs none: addition commutes, to the bit.
    """
    for node in list(graph_def.node):
        terms = [name for name in node.input if not name.startswith("^")]
        if node.op != "AddN" or len(terms) < 3:
            continue
        dtype, controls = node.attr["T"].type, node.input[len(terms) :]
        so_far = terms[0]
        for i, term in enumerate(terms[1:-1]):
            addition = graph_def.node.add(name=f"{node.name}/{i}", op="AddV2")
            addition.input.extend([so_far, term, *controls])
            addition.attr["T"].type = dtype
            so_far = addition.name
        del node.input[:]
        node.input.extend([so_far, terms[-1], *controls])
        node.op = "AddV2"
        node.attr.clear()
        node.attr["T"].type = dtype
