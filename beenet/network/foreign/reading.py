"""Read a `.meta` file into a `Graph`: parsed as data, never imported, never run."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError
from tensorflow.core.framework import types_pb2, variable_pb2
from tensorflow.core.protobuf import meta_graph_pb2

from beenet.errors import NetworkError
from beenet.network.foreign.graph import Graph, Node, Ref
from beenet.text.words import reason

LARGEST_FILE = 64 * 2**20
"""Bytes; TFLearn's largest nets have metas of a few MB."""
MAX_NODES = 200_000
_SHORT = 64
"""Larger constants are weights or pictures: they are not read."""


def read_graph(path: Path) -> Graph:
    """Read the graph of a `.meta` file.

    Raises:
        NetworkError: it cannot be read, is too large, or is not a TensorFlow graph.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise NetworkError(f"{path}: {reason(error)}") from None
    if len(data) > LARGEST_FILE:
        raise NetworkError(
            f"{path} is larger than {LARGEST_FILE:,} bytes; is it a graph?"
        )
    try:
        return parse_graph(data)
    except NetworkError as error:
        raise NetworkError(f"{path} cannot be read: {error}") from None


def parse_graph(data: bytes) -> Graph:
    """Read the graph of a serialized ``MetaGraphDef``.

    Raises:
        NetworkError: it is not one, is damaged, or has more nodes than any network.
    """
    meta = meta_graph_pb2.MetaGraphDef()
    try:
        meta.ParseFromString(data)
    except DecodeError:
        raise NetworkError("it is no MetaGraphDef, or is damaged") from None
    functions = {f.signature.name: f for f in meta.graph_def.library.function}
    nodes: dict[str, Node] = {}
    for proto in meta.graph_def.node:
        _add(nodes, _node(proto, proto.name, _outer))
        if proto.op in ("If", "StatelessIf"):
            nodes[proto.name] = _inlined(nodes, proto, nodes[proto.name], functions, 0)
    if not nodes:
        raise NetworkError("it holds no graph")
    return Graph(nodes, {k: _names(v) for k, v in meta.collection_def.items()})


def _add(nodes: dict[str, Node], node: Node) -> None:
    if node.name in nodes:
        raise NetworkError(f"it names {node.name!r} twice")
    if len(nodes) >= MAX_NODES:
        raise NetworkError(f"it holds more than {MAX_NODES:,} nodes")
    nodes[node.name] = node


def _outer(text: str) -> Ref:
    """Parse an input such as ``name:1``; a graph omits output 0."""
    name, colon, number = text.rpartition(":")
    if not colon:
        return text, 0
    return (name, int(number)) if number.isdecimal() and len(number) < 9 else (text, 0)


def _node(proto: Any, name: str, ref: Any) -> Node:
    attributes = {
        key: _plain(value)
        for key, value in proto.attr.items()
        if key not in ("value", "_output_shapes")
    }
    values = None
    if proto.op == "Const":
        values, attributes["shape of value"] = _constant(proto.attr["value"].tensor)
    known = proto.attr["_output_shapes"].list.shape if proto.attr else ()
    return Node(
        name,
        proto.op,
        tuple(ref(text) for text in proto.input if not text.startswith("^")),
        attributes,
        values,
        _shape(known[0]) if known else None,
    )


def _inlined(
    nodes: dict[str, Node],
    proto: Any,
    node: Node,
    functions: dict[str, Any],
    depth: int,
) -> Node:
    """Add the nodes of both branches; return the `If` with the branches' values.

    Its inputs are then: the condition, each value if it holds, each value if not.
    """
    values: list[Ref] = []
    for branch in ("then_branch", "else_branch"):
        function = functions.get(proto.attr[branch].func.name)
        if function is None or depth > 3:
            raise NetworkError(f"its {node.name!r} has no {branch}")
        prefix = f"{node.name}/{branch}/"
        fed = {
            argument.name: source
            for argument, source in zip(
                function.signature.input_arg, node.inputs[1:], strict=False
            )
        }

        def ref(text: str, prefix: str = prefix, fed: Any = fed) -> Ref:
            """Parse ``name:output:1``, or the name of an argument."""
            name, _, rest = text.partition(":")
            if name in fed:
                return fed[name]  # type: ignore[no-any-return]
            return prefix + name, _outer(f"{name}:{rest.rpartition(':')[2] or 0}")[1]

        for inner in function.node_def:
            _add(nodes, _node(inner, prefix + inner.name, ref))
            if inner.op in ("If", "StatelessIf"):
                own = nodes[prefix + inner.name]
                nodes[own.name] = _inlined(nodes, inner, own, functions, depth + 1)
        outputs = function.signature.output_arg
        values.extend(ref(function.ret[output.name]) for output in outputs)
    if len(values) % 2 or not node.inputs:
        raise NetworkError(f"the branches of its {node.name!r} differ")
    inputs = (node.inputs[0], *values)
    return Node(node.name, node.op, inputs, {}, None, node.shape)


def _constant(tensor: Any) -> tuple[tuple[float, ...] | None, tuple[int, ...]]:
    """Return a small constant's numbers and its shape.

    Only numbers that the file contains are stored: a claimed size allocates nothing.
    """
    shape = tuple(int(d.size) for d in tensor.tensor_shape.dim)
    size = math.prod(shape)
    if tensor.dtype not in _NUMBERS:
        return None, shape
    listed, kind = _NUMBERS[tensor.dtype]
    if tensor.tensor_content:
        width = np.dtype(kind).itemsize
        if size > _SHORT or len(tensor.tensor_content) != size * width:
            return None, shape
        array = np.frombuffer(tensor.tensor_content, np.dtype(kind).newbyteorder("<"))
        return tuple(float(v) for v in _short(array)), shape
    spelled = getattr(tensor, listed)
    if len(spelled) == 1 or (len(spelled) == size and size <= _SHORT):
        return tuple(float(v) for v in _short(spelled)), shape
    return None, shape


_NUMBERS = {
    types_pb2.DT_FLOAT: ("float_val", "f4"),
    types_pb2.DT_DOUBLE: ("double_val", "f8"),
    types_pb2.DT_INT32: ("int_val", "i4"),
    types_pb2.DT_INT64: ("int64_val", "i8"),
    types_pb2.DT_BOOL: ("bool_val", "?"),
}


def _short(values: Iterable[Any]) -> list[Any]:
    """Return float32 numbers as people write them: 0.1, not 0.10000000149."""
    return [as_written(float(v)) for v in values]


def as_written(value: float) -> float:
    """Return the shortest number that is the same float32."""
    return float(str(np.float32(value))) if abs(value) < 1e38 else value


def _plain(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "s":
        return value.s.decode("utf-8", "replace")
    if kind in ("i", "b", "type"):
        return getattr(value, kind)
    if kind == "f":
        return as_written(value.f)
    if kind == "shape":
        return _shape(value.shape)
    if kind == "list":
        return tuple(value.list.i) or tuple(value.list.f)
    return None


def _shape(proto: Any) -> tuple[int | None, ...] | None:
    if proto.unknown_rank:
        return None
    return tuple(d.size if d.size >= 0 else None for d in proto.dim)


def _names(collection: Any) -> tuple[str, ...]:
    """Return the names of tensors or variables in a collection."""
    if collection.WhichOneof("kind") == "node_list":
        return tuple(name.partition(":")[0] for name in collection.node_list.value)
    names = []
    for data in collection.bytes_list.value:
        variable = variable_pb2.VariableDef()
        try:
            variable.ParseFromString(data)
        except DecodeError:
            continue
        names.append(variable.variable_name.partition(":")[0])
    return tuple(names)
