"""Write a config's layer as a call in a TFLearn script."""

import inspect
from collections import defaultdict
from typing import Any

from beenet.config.functions import ACTIVATIONS, INITIALIZERS, Function
from beenet.config.layers import Layer
from beenet.config.layers.cells import Cell
from beenet.config.layers.reduce import REDUCTIONS
from beenet.config.structure import Component
from beenet.errors import ExportError
from beenet.export.code import bracketed, literal
from beenet.network.layers import layer_function

_MEANINGLESS = {"restore"}
"""Arguments with which a script would not load all the weights."""
_CALLING = {"highway_conv_1d", "highway_conv_2d"}


class Calls:
    """Writes calls of layers, and collects the imports that they need."""

    def __init__(self) -> None:
        """Begin without imports."""
        self.imports: defaultdict[str, set[str]] = defaultdict(set)

    def lines(self, target: str, layer: Layer, incoming: str, indent: int) -> list[str]:
        """Return the statement ``target = conv_2d(incoming, ...)``.

        Args:
            target: the variable of the output.
            layer: the layer.
            incoming: the variable, or list of variables, that it takes.
            indent: number of leading spaces.

        Raises:
            ExportError: the layer is not one of TFLearn's functions.
        """
        if layer.yaml_name in REDUCTIONS:
            self.imports["tflearn.layers.core"].add("custom_layer")
            called, arguments = "custom_layer", [incoming, self._function(layer)]
        else:
            called, arguments = self._call(layer, incoming)
        return bracketed(f"{target} = {called}(", arguments, ")", indent)

    def _call(
        self, layer: Layer, incoming: str, leave_out: str | None = None
    ) -> tuple[str, list[str]]:
        """Return the function of a layer, and its arguments as text."""
        name, function = layer.yaml_name, layer_function(layer).func  # type: ignore[attr-defined]
        module = function.__module__
        if name in REDUCTIONS:
            called = f"tf.{name}"
        elif module.startswith("tflearn.") and function.__name__ == name:
            self.imports[module].add(name)
            called = name
        else:
            raise ExportError(
                f"layer {getattr(layer, 'name', '')} ({name}) is not one of TFLearn's: "
                "no plain script can build it"
            )
        required, given = _arguments(layer)
        arguments = [incoming]
        for key, value in [*required, *given]:
            if key == leave_out:
                continue
            # As people write fully_connected(net, 100), but nb_filter=20.
            alone = len(required) == 1 and key == required[0][0]
            text = self._argument(layer, key, value)
            arguments.append(
                text if alone and _is_second(function, key) else f"{key}={text}"
            )
        return called, arguments

    def _argument(self, layer: Layer, key: str, value: Any) -> str:
        """Return an argument as source text; it may itself be a layer or a cell."""
        if isinstance(value, Layer):
            return self._function(value, takes_scope=getattr(layer, "scope", None))
        if isinstance(value, Cell):
            self.imports["tflearn.layers.recurrent"].add(value.yaml_name)
            _, given = _arguments(value)
            texts = [f"{key}={text_of(argument)}" for key, argument in given]
            return f"{value.yaml_name}({', '.join([str(value.num_units), *texts])})"
        text = text_of(value)
        # TFLearn calls this argument of these layers, as it would a named function.
        is_called = key == "bias_init" and layer.yaml_name in _CALLING
        return f"lambda: {text}" if is_called and text.endswith(")") else text

    def _function(self, layer: Layer, takes_scope: object = None) -> str:
        """Return a layer as a lambda expression of its input tensor."""
        if takes_scope is None:
            called, arguments = self._call(layer, "x")
            return f"lambda x: {called}({', '.join(arguments)})"
        called, arguments = self._call(layer, "x", leave_out="scope")
        return f"lambda x, scope: {called}({', '.join(arguments)}, scope=scope)"


def _arguments(named: Component) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """Return the required arguments, and those that differ from TFLearn's defaults."""
    required, given = [], []
    for name, field in type(named).model_fields.items():
        argument = (field.alias or name, getattr(named, name))
        if field.is_required():
            required.append(argument)
        elif named.given(name) and name not in _MEANINGLESS:
            given.append(argument)
    return required, given


def _is_second(function: Any, key: str) -> bool:
    return list(inspect.signature(function).parameters)[1:2] == [key]


def text_of(value: Any) -> str:
    """Return an argument as source: a name, a number, or a function with arguments.

    Raises:
        ExportError: it is a function that a plain script cannot use.
    """
    if not isinstance(value, Function):
        return literal(value)
    name = value.yaml_name
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
