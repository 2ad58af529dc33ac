"""Read the layers from a graph's input to its output, and write them as a config."""

from typing import Any

from pydantic import ValidationError

from beenet.config.layer_items import INPUT
from beenet.config.layers import LAYERS
from beenet.errors import NetworkError
from beenet.network.foreign.graph import Graph, Ref
from beenet.network.foreign.layer_match import LayerMatch
from beenet.network.foreign.layers import read_layer
from beenet.network.foreign.variables import Variables


def read_layers(graph: Graph, first: Ref, last: Ref) -> dict[Ref, LayerMatch]:
    """Return the layers by their output, each after its inputs.

    Args:
        graph: the graph.
        first: the input placeholder.
        last: the output.

    Raises:
        NetworkError: an operation between them belongs to no known layer.
    """
    variables, found = Variables(graph), dict[Ref, LayerMatch]()
    read, todo = dict[Ref, LayerMatch](), [graph.follow(last)]
    while todo:
        ref = todo[-1]
        if ref == first or ref in found:
            todo.pop()
            continue
        if ref not in read:
            layer = read_layer(variables, ref)
            if layer is None:
                node = graph.at(ref)
                raise NetworkError(
                    f"{node.name!r} ({node.op!r}) is no layer that beenet can read; "
                    "write a config, and give it to beenet eval --config FILE"
                )
            read[ref] = layer
            todo.extend(x for x in reversed(layer.inputs) if x not in found)
            if any(x in read and x not in found for x in layer.inputs):
                raise NetworkError(f"the layers run in a circle at {ref[0]!r}")
            continue
        found[ref] = read[ref]
        todo.pop()
    # In the order of creation, so that TensorFlow numbers names in the same way.
    place = {name: i for i, name in enumerate(graph.nodes)}
    return {ref: found[ref] for ref in sorted(found, key=lambda ref: place[ref[0]])}


def config_layers(found: dict[Ref, LayerMatch], first: Ref) -> list[dict[str, Any]]:
    """Return layers as a config writes them, without TFLearn's defaults.

    A layer whose input is not the layer above it has ``from``; only layers to which
    that refers have an ``id``.
    """
    above = dict(zip(found, [first, *found], strict=False))
    asked = {
        x: f"{found[x].kind}_{number}"
        for number, x in enumerate(found, 1)
        if any(
            x in layer.inputs and layer.inputs != (above[ref],)
            for ref, layer in found.items()
        )
    }
    written, used = [], set[str]()
    for ref, layer in found.items():
        step = write_layer(layer, used)
        if ref in asked:
            step["id"] = asked[ref]
        if layer.inputs != (above[ref],):
            sources = [asked.get(x, INPUT) for x in layer.inputs]
            step["from"] = sources if len(sources) > 1 else sources[0]
        written.append(step)
    return written


def write_layer(layer: LayerMatch, used: set[str]) -> dict[str, Any]:
    """Return one layer as a config writes it; adds its name to ``used``."""
    if layer.kind not in LAYERS:
        raise NetworkError(f"{layer.name!r} is a {layer.kind}, which no config has")
    model = LAYERS[layer.kind]
    fields, given = model.model_fields, dict(layer.arguments)
    name = _free(fields["name"].default, used)
    if "scope" in fields and layer.name in used:  # the weights of a layer before
        given |= {"reuse": True, "scope": layer.name}
    elif layer.name and layer.name != name:
        given["name"] = name = layer.name
    used.add(name)
    try:
        checked = model.model_validate(given)
    except ValidationError as error:
        reason = error.errors()[0]
        raise NetworkError(
            f"{layer.name!r} is a {layer.kind} whose {reason['loc'][0]} no config takes"
        ) from None
    return {
        layer.kind: {
            key: value
            for key, value in given.items()
            if fields[key].is_required() or checked.given(key)
        }
    }


def _free(name: str, used: set[str]) -> str:
    """Return the name that TensorFlow gives a layer by default."""
    free, count = name, 0
    while free in used:
        count += 1
        free = f"{name}_{count}"
    return free
