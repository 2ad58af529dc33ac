"""A layer of a config as the call that a TFLearn script makes."""

import inspect
from collections import defaultdict
from typing import Any

from beenet.config.functions import ACTIVATIONS, INITIALIZERS, Function
from beenet.config.layers import Layer
from beenet.config.structure import Named
from beenet.errors import ExportError
from beenet.export.code import bracketed, literal
from beenet.network.layers import layer_function

_MEANINGLESS = {"restore"}
"""Arguments that would keep a script from loading all the weights."""


class Calls:
    """Calls of layers, and what a script must import for them."""

    def __init__(self) -> None:
        """Begin with no calls."""
        self.imports: defaultdict[str, set[str]] = defaultdict(set)

    def lines(self, target: str, layer: Layer, incoming: str, indent: int) -> list[str]:
        """Return the statement ``target = conv_2d(incoming, ...)``.

        Args:
            target: the variable that takes the output.
            layer: the layer.
            incoming: the variable, or list of variables, that it takes.
            indent: spaces in front.

        Raises:
            ExportError: the layer is not one of TFLearn's functions.
        """
        function = self._imported(layer)
        required, given = [], []
        for name, field in type(layer).model_fields.items():
            argument = (field.alias or name, getattr(layer, name))
            if field.is_required():
                required.append(argument)
            elif layer.given(name) and name not in _MEANINGLESS:
                given.append(argument)
        arguments = [incoming]
        for key, value in [*required, *given]:
            # As people write fully_connected(net, 100), but nb_filter=20.
            alone = len(required) == 1 and key == required[0][0]
            text = text_of(value)
            arguments.append(
                text if alone and _is_second(function, key) else f"{key}={text}"
            )
        head = f"{target} = {layer.tflearn_name}("
        return bracketed(head, arguments, ")", indent)

    def _imported(self, layer: Layer) -> Any:
        function = layer_function(layer).func  # type: ignore[attr-defined]
        module, name = function.__module__, function.__name__
        if not module.startswith("tflearn.") or name != layer.tflearn_name:
            raise ExportError(
                f"layer {getattr(layer, 'name', '')} ({layer.tflearn_name}) is not "
                "one of TFLearn's: no plain script can build it"
            )
        self.imports[module].add(name)
        return function


def _is_second(function: Any, key: str) -> bool:
    return list(inspect.signature(function).parameters)[1:2] == [key]


def text_of(value: Any) -> str:
    """Write an argument: a name, a number, or a function with its arguments.

    Raises:
        ExportError: it is none of these.
    """
    if isinstance(value, Named) and not isinstance(value, Function):
        raise ExportError(
            f"{value.tflearn_name} within another layer cannot be written in a plain "
            "script yet"
        )
    if not isinstance(value, Function):
        return literal(value)
    name = value.tflearn_name
    given = {
        key: argument
        for key, argument in value.arguments().items()
        if value.given(key) and key not in _MEANINGLESS
    }
    if not given:
        return literal(name)
    arguments = ", ".join(f"{key}={literal(v)}" for key, v in given.items())
    if name in ACTIVATIONS:
        return f"lambda x: tflearn.activations.{name}(x, {arguments})"
    if name in INITIALIZERS:
        return f"tflearn.initializations.{name}({arguments})"
    raise ExportError(f"{name} with arguments cannot be written in a plain script")
