"""Make the `.meta` file depend only on the graph.

TensorFlow names the branches of every ``tf.cond`` by a process-wide counter, and writes
maps in no fixed order. The same network, if it is the second one built in a process,
would be saved as different bytes.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from beenet.network.variable_matching import natural


def canonical_meta(meta: Any) -> bytes:
    """Return a ``MetaGraphDef`` with functions numbered from 0 and maps in order."""
    graph = meta.graph_def
    # The counter grows: sorted by number, functions are in the order of creation.
    functions = sorted(graph.library.function, key=lambda f: natural(f.signature.name))
    names = {}
    for i, function in enumerate(functions):
        old = function.signature.name
        names[old] = f"{re.sub(r'_[0-9]+', '', old)}_{i}"
        function.signature.name = names[old]
    nodes = [*graph.node, *(node for f in functions for node in f.node_def)]
    for reference in _references(nodes):
        reference.name = names.get(reference.name, reference.name)
    for gradient in graph.library.gradient:
        gradient.function_name = names[gradient.function_name]
        gradient.gradient_func = names[gradient.gradient_func]
    ordered = [_copy(f) for f in functions]
    del graph.library.function[:]
    graph.library.function.extend(ordered)
    return bytes(meta.SerializeToString(deterministic=True))


def _copy(function: Any) -> Any:
    """Return a copy of a function that stays valid when its list is cleared."""
    copy = type(function)()
    copy.CopyFrom(function)
    return copy


def _references(nodes: Iterable[Any]) -> Iterator[Any]:
    """Yield every reference to a function in the nodes' attributes."""
    for node in nodes:
        for attribute in node.attr.values():
            if attribute.HasField("func"):
                yield attribute.func
            yield from attribute.list.func
