"""What a valid config gets wrong: impossible shapes, and choices that cost hours."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from beenet.config.faults import Fault
from beenet.config.layers import ExampleShape, Layer, ShapeError, show_shape
from beenet.config.load import LoadedConfig
from beenet.config.model import Config
from beenet.config.text import Path
from beenet.registry import REGISTRY

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """A fault that stops the run, or a warning that does not."""

    severity: Severity
    fault: Fault

    def __str__(self) -> str:
        mark = "warning: " if self.severity == "warning" else ""
        return f"{Fault(self.fault.place, self.fault.path, mark + self.fault.text)}"


Found = tuple[Severity, Path, str]


def lint(
    loaded: LoadedConfig, shape: ExampleShape | None, n_classes: int | None
) -> list[Finding]:
    """Look through a valid config for what is wrong all the same.

    Args:
        loaded: the config.
        shape: the shape of one example of its data, if known.
        n_classes: the number of its classes, if known.
    """
    config = loaded.config
    found: list[Found] = [*_unused(config), *_names(config), *_input(config)]
    shapes = list(_shapes(config, shape, found))
    found += _narrow(config, n_classes)
    found += _output(config, shapes, n_classes)
    return [
        Finding(severity, loaded.document.fault(path, text))
        for severity, path, text in found
    ]


def _at(config: Config, index: int, *rest: str) -> Path:
    return ("layers", index, config.layers[index].tflearn_name, *rest)


def _title(layer: Layer, index: int) -> str:
    name = getattr(layer, "name", "")
    return f"layer {index + 1} ({name or layer.tflearn_name})"


def _shapes(
    config: Config, shape: ExampleShape | None, found: list[Found]
) -> Iterator[ExampleShape]:
    """Yield the shape behind each layer, up to the first that cannot be built."""
    first = config.layers[0]
    if shape is None and first.tflearn_name == "input_data":
        shape = first.output_shape(first.arguments()["shape"])
    if shape is None:
        return
    for index, layer in enumerate(config.layers):
        try:
            shape = layer.output_shape(shape)
        except ShapeError as error:
            text = f"{_title(layer, index)} cannot be built: {error}"
            if layer.tflearn_name == "input_data":
                text += _twin(config.dataset.name or "")
            found.append(("error", _at(config, index), text))
            return
        yield shape


def _twin(name: str) -> str:
    """Return a hint at the same set with or without its colours."""
    if name.endswith("_gray"):
        return f"; for a colour net use {name.removesuffix('_gray')}"
    return f"; for a gray net use {name}_gray" if f"{name}_gray" in REGISTRY else ""


def _input(config: Config) -> Iterator[Found]:
    for index, layer in enumerate(config.layers[1:], start=1):
        if layer.tflearn_name == "input_data":
            yield "error", _at(config, index), "input_data must be the first layer"


def _names(config: Config) -> Iterator[Found]:
    seen: dict[str, list[int]] = {}
    for index, layer in enumerate(config.layers):
        name = getattr(layer, "name", "")
        if not name or not layer.given("name"):
            continue
        others = seen.setdefault(name, [])
        if others:
            text = (
                f"layer {others[0] + 1} has the name '{name}' too; "
                f"TFLearn will save this one as '{name}_{len(others)}'"
            )
            yield "warning", _at(config, index, "name"), text
        others.append(index)


_USELESS_WITHOUT = {
    "weight_decay": "regularizer",
    "bias_init": "bias",
    "decay_step": "lr_decay",
    "staircase": "lr_decay",
    "reuse": "scope",
}


def _unused(config: Config) -> Iterator[Found]:
    """Yield keys that are given but change nothing, as the other one is off."""
    places = [(_at(config, i), layer) for i, layer in enumerate(config.layers)]
    optimizer = ("optimizer", config.optimizer.tflearn_name)
    for path, named in [*places, (optimizer, config.optimizer)]:
        for key, needed in _USELESS_WITHOUT.items():
            keys = type(named).model_fields
            if key not in keys or needed not in keys or getattr(named, needed):
                continue
            if named.given(key):
                yield "error", (*path, key), f"changes nothing without {needed}"


def _last_trained(config: Config) -> int | None:
    """Return the index of the last layer with units or filters."""
    for index in reversed(range(len(config.layers))):
        fields = type(config.layers[index]).model_fields
        if "n_units" in fields or "nb_filter" in fields:
            return index
    return None


def _narrow(config: Config, n_classes: int | None) -> Iterator[Found]:
    last = _last_trained(config)
    for index, layer in enumerate(config.layers):
        if last is None or index >= last:
            return
        activation = getattr(layer, "activation", None)
        if activation is not None and activation.tflearn_name == "softmax":
            text = "softmax in the middle of a net starves the layers behind it"
            yield "warning", _at(config, index, "activation"), text
        units = getattr(layer, "n_units", None)
        if units is not None and units in {2, 3, 10, n_classes}:
            text = (
                f"only {units} units in the middle of a net; "
                "was this meant to be the output layer?"
            )
            yield "warning", _at(config, index, "n_units"), text


_WANTED_OUTPUT = {
    "categorical_crossentropy": ("softmax",),
    "softmax_categorical_crossentropy": ("linear",),
    "binary_crossentropy": ("linear",),
    "weighted_crossentropy": ("linear",),
}
_WHY = {
    "categorical_crossentropy": "which takes the logarithm of probabilities",
    "softmax_categorical_crossentropy": "which applies a softmax of its own",
    "binary_crossentropy": "which applies a sigmoid of its own",
    "weighted_crossentropy": "which applies a sigmoid of its own",
}


def _output(
    config: Config, shapes: list[ExampleShape], n_classes: int | None
) -> Iterator[Found]:
    end = len(config.layers) - 1
    complete = len(shapes) == len(config.layers)
    if complete and n_classes is not None and shapes[-1] != (n_classes,):
        text = (
            f"the output of {_title(config.layers[end], end)} has shape "
            f"{show_shape(shapes[-1])}, but {config.dataset.title} has "
            f"{n_classes} classes"
        )
        if math.prod(shapes[-1]) == n_classes:
            text += "; flatten it"
        units = (
            ["n_units"] if "n_units" in type(config.layers[end]).model_fields else []
        )
        yield "error", _at(config, end, *units), text
    for index in range((_last_trained(config) or 0) + 1, end + 1):
        if config.layers[index].tflearn_name == "dropout":
            text = "dropout behind the output layer silences classes"
            yield "warning", _at(config, index), text
    activated = [
        (index, layer.activation)  # type: ignore[attr-defined]
        for index, layer in enumerate(config.layers)
        if "activation" in type(layer).model_fields
    ]
    loss = config.loss.tflearn_name
    if not activated or loss not in _WANTED_OUTPUT:
        return
    index, activation = activated[-1]
    name = activation.tflearn_name if activation else "linear"
    if name not in _WANTED_OUTPUT[loss]:
        text = (
            f"an output of {name} under {loss}, {_WHY[loss]}; "
            f"use {' or '.join(_WANTED_OUTPUT[loss])}"
        )
        yield "warning", _at(config, index, "activation"), text
