"""Finds mistakes in valid configs: impossible shapes, and choices that cost hours."""

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass

from beenet.config.estimator import CategoricalCrossentropy, HingeLoss, Loss
from beenet.config.faults import Fault, KeyPath
from beenet.config.graph import THE_INPUT, Node
from beenet.config.layers import ExampleShape, ShapeError
from beenet.config.layers.plugins import PluginLayer
from beenet.config.lint_choices import choice_findings
from beenet.config.lint_estimator import Issue, Severity, estimator_findings
from beenet.config.lint_preprocessing import preparation_faults
from beenet.config.load import LoadedConfig
from beenet.config.model import Config
from beenet.registry import REGISTRY
from beenet.text.values import show_shape


@dataclass(frozen=True)
class LintFinding:
    """A fault that stops the run, or a warning that does not."""

    severity: Severity
    fault: Fault

    def __str__(self) -> str:
        mark = "warning: " if self.severity == "warning" else ""
        return f"{Fault(self.fault.place, self.fault.path, mark + self.fault.text)}"


def lint(
    loaded: LoadedConfig, shape: ExampleShape | None, n_classes: int | None
) -> list[LintFinding]:
    """Return the mistakes in a valid config.

    Args:
        loaded: the config.
        shape: the shape of one example of its data, if known.
        n_classes: the number of its data's classes, if known.
    """
    config = loaded.config
    found: list[Issue] = [*_unused(config), *_names(config), *_scopes(config)]
    found += _input(config)
    found += preparation_faults(config, shape)
    shapes = _shapes(config, shape, found)
    found += _narrow(config, n_classes)
    tail = _tail(config)
    found += _output(config, shapes, n_classes, tail)
    found += estimator_findings(config, n_classes)
    output = tail[-1] if _is_trained(tail[-1]) else None
    found += choice_findings(config, shapes, output)
    return [
        LintFinding(severity, loaded.document.fault(path, text))
        for severity, path, text in found
    ]


def _shapes(
    config: Config, shape: ExampleShape | None, found: list[Issue]
) -> dict[int, ExampleShape]:
    """Return the output shape of each node that can be built, by its number."""
    first = config.nodes[0]
    if shape is None and first.kind == "input_data":
        shape = first.layer.output_shape(first.layer.arguments()["shape"])
    elif shape is not None:
        with contextlib.suppress(ShapeError):  # found below or by preparation_faults
            shape = config.fed_shape(shape)
    if shape is None:
        return {}
    shapes = {THE_INPUT: shape}
    refused: set[KeyPath] = set()
    for number, node in enumerate(config.nodes):
        incoming = [shapes.get(i) for i in node.inputs or (THE_INPUT,)]
        known = [shape for shape in incoming if shape is not None]
        if len(known) < len(incoming):
            continue  # because a layer above it cannot be built
        try:
            shapes[number] = _shape_behind(node, known)
        except ShapeError as error:
            text = f"{node.title} cannot be built: {error}"
            if node.kind == "input_data":
                text += _twin(config.dataset.name or "")
            if node.path not in refused:
                found.append(("error", node.at(), text))
            refused.add(node.path)
    return shapes


def _shape_behind(node: Node, shapes: list[ExampleShape]) -> ExampleShape:
    """Return the output shape of a node; a plugin's layer may raise anything.

    Raises:
        ShapeError: it cannot be built on its inputs, or is broken.
    """
    if not isinstance(node.layer, PluginLayer):
        return node.layer.output_shape(*shapes)
    where = f"output_shape of {type(node.layer).__module__}.{type(node.layer).__name__}"
    try:
        shape = node.layer.output_shape(*shapes)
    except ShapeError:
        raise
    except Exception as error:
        text = f"{where} fails: {type(error).__name__}: {error}"
        raise ShapeError(" ".join(text.split())) from error
    if not (isinstance(shape, tuple) and all(type(size) is int for size in shape)):
        raise ShapeError(f"{where} must return a tuple of integers, got {shape!r}")
    return shape


def _twin(name: str) -> str:
    """Return a hint at the gray or colour version of a data set, if there is one."""
    if name.endswith("_gray"):
        return f"; for a colour net use {name.removesuffix('_gray')}"
    return f"; for a gray net use {name}_gray" if f"{name}_gray" in REGISTRY else ""


def _input(config: Config) -> Iterator[Issue]:
    for node in _written(config)[1:]:
        if node.kind == "input_data":
            yield "error", node.at(), "input_data must be the first layer"


def _names(config: Config) -> Iterator[Issue]:
    seen: dict[str, list[Node]] = {}
    for node in config.nodes:
        name = getattr(node.layer, "name", "")
        if not name or not node.layer.given("name"):
            continue
        others = seen.setdefault(name, [])
        if others and node.first and node.path != others[0].path:
            text = (
                f"{others[0].title.partition(' (')[0]} has the name '{name}' too; "
                f"TFLearn will save this one as '{name}_{len(others)}'"
            )
            yield "warning", node.at("name"), text
        others.append(node)


def _scopes(config: Config) -> Iterator[Issue]:
    """Yield scopes whose weights are created twice, or shared but do not exist.

    TensorFlow refuses both. A layer without a scope uses its name as one.
    """
    seen: dict[tuple[str, str], Node] = {}
    refused: set[KeyPath] = set()
    for node in config.nodes:
        scope = getattr(node.layer, "scope", None)
        reuse = getattr(node.layer, "reuse", False)
        taken = scope or getattr(node.layer, "name", None)
        if "scope" not in type(node.layer).model_fields or taken is None:
            continue
        other = seen.setdefault((taken, node.layer.variables or node.kind), node)
        if scope is None or node.path in refused:
            continue
        if reuse and other is node:
            refused.add(node.path)
            text = f"no layer above has the scope '{scope}', whose weights to share"
            yield "error", node.at("scope"), text
        elif other is not node and not reuse:
            refused.add(node.path)
            who = "its turn before" if other.path == node.path else other.title
            kind = "scope" if other.layer.given("scope") else "name"
            text = f"{who} has the {kind} '{scope}' already"
            remedy = "give a name, or reuse: true to share its weights"
            if other.path == node.path:
                remedy = "give a name in its place, which TFLearn makes unique"
            yield "error", node.at("scope"), f"{text}; {remedy}"


def _written(config: Config) -> list[Node]:
    """Return the layers as written in the file: those of a repeat once."""
    return [node for node in config.nodes if node.first]


_USELESS_WITHOUT = {
    "weight_decay": "regularizer",
    "bias_init": "bias",
    "decay_step": "lr_decay",
    "staircase": "lr_decay",
    "reuse": "scope",
}


def _unused(config: Config) -> Iterator[Issue]:
    """Yield keys that have no effect, because the key that they depend on is off."""
    places = [(node.at(), node.layer) for node in _written(config)]
    optimizer = ("optimizer", config.optimizer.yaml_name)
    for path, named in [*places, (optimizer, config.optimizer)]:
        for key, needed in _USELESS_WITHOUT.items():
            keys = type(named).model_fields
            if key not in keys or needed not in keys or getattr(named, needed):
                continue
            if named.given(key):
                yield "error", (*path, key), f"changes nothing without {needed}"

    for node in _written(config):
        mode = getattr(node.layer, "mode", "")
        useless = node.kind == "merge" and mode.startswith("elemwise")
        if useless and node.layer.given("axis"):
            yield "error", node.at("axis"), f"changes nothing with mode {mode}"


def _is_trained(node: Node) -> bool:
    """Return whether a layer has units or filters."""
    return bool({"n_units", "nb_filter"} & type(node.layer).model_fields.keys())


def _inner(config: Config) -> list[Node]:
    """Return the layers from which a chain without a merge leads to weights.

    An input of a merge may be a gate, whose softmax or few units are intended.
    """
    inner: set[int] = set()
    for number, node in reversed(list(enumerate(config.nodes))):
        if not node.layer.takes_many and (number in inner or _is_trained(node)):
            inner |= set(node.inputs)
    return [n for i, n in enumerate(config.nodes) if i in inner and n.first]


def _narrow(config: Config, n_classes: int | None) -> Iterator[Issue]:
    for node in _inner(config):
        activation = getattr(node.layer, "activation", None)
        if activation is not None and activation.yaml_name == "softmax":
            text = "softmax in the middle of a net starves the layers behind it"
            yield "warning", node.at("activation"), text
        units = getattr(node.layer, "n_units", None)
        if units is not None and units in {2, 3, 10, n_classes}:
            text = (
                f"only {units} units in the middle of a net; "
                "was this meant to be the output layer?"
            )
            yield "warning", node.at("n_units"), text


def _output(
    config: Config,
    shapes: dict[int, ExampleShape],
    n_classes: int | None,
    tail: list[Node],
) -> Iterator[Issue]:
    end = config.nodes[-1]
    shape = shapes.get(len(config.nodes) - 1)
    if shape is not None and n_classes is not None and shape != (n_classes,):
        text = (
            f"the output of {end.title} has shape {show_shape(shape)}, "
            f"but {config.dataset.title} has {n_classes} classes"
        )
        if math.prod(shape) == n_classes:
            text += "; flatten it"
        units = ["n_units"] if "n_units" in type(end.layer).model_fields else []
        yield "error", end.at(*units), text
    for node in tail:
        if node.kind == "dropout":
            text = "dropout behind the output layer silences classes"
            yield "warning", node.at(), text
    activated = [n for n in tail if "activation" in type(n.layer).model_fields]
    wanted, why = _wanted_output(config.loss)
    if not activated:
        return
    name = _activation(activated[0])
    yield from _spoiled(tail, activated)
    text = f"an output of {name} under {config.loss.yaml_name}"
    if wanted is None and name not in _PROBABILITIES:
        text += " is no probability: it cannot be averaged with other nets'"
        yield "warning", activated[0].at("activation"), text
    elif wanted is not None and name != wanted:
        yield "warning", activated[0].at("activation"), f"{text}, {why}; use {wanted}"


def _spoiled(tail: list[Node], activated: list[Node]) -> Iterator[Issue]:
    """Yield layers that turn probabilities into something else, or flatten them.

    Args:
        tail: the layers from the output backwards.
        activated: those of them that may have an activation.
    """
    last = activated[0]
    for node in tail[: tail.index(last)]:
        if node.kind in _NORMALIZING and _activation(last) in _PROBABILITIES:
            text = f"{node.kind} behind the output layer leaves no probabilities"
            yield "warning", node.at(), text
    for node in activated[1:]:
        if _activation(node) == _activation(last) == "softmax":
            text = "softmax behind softmax flattens the probabilities; leave one out"
            yield "warning", last.at("activation"), text


def _activation(node: Node) -> str:
    activation = node.layer.activation  # type: ignore[attr-defined]
    return activation.yaml_name if activation else "linear"


_NORMALIZING = ("batch_normalization", "local_response_normalization", "l2_normalize")
_PROBABILITIES = ("softmax", "sigmoid", "hard_sigmoid")
"""Activations whose outputs are from 0 to 1."""


def _wanted_output(loss: Loss) -> tuple[str | None, str]:
    """Return the output activation that a loss needs, if any, and why."""
    if loss.link:
        return "linear", f"which applies a {loss.link} of its own"
    if isinstance(loss, CategoricalCrossentropy):
        return "softmax", "which takes the logarithm of probabilities"
    if isinstance(loss, HingeLoss):
        # Of targets of 0 the hinge is 1, whatever the output.
        return "softmax", "which never lowers the output of a wrong class"
    return None, ""


def _tail(config: Config) -> list[Node]:
    """Return the layers from the output backwards to the last with units or filters.

    It also ends at a merge: the effect of several activations is not judged.
    """
    tail: list[Node] = []
    number = len(config.nodes) - 1
    while number != THE_INPUT:
        node = config.nodes[number]
        tail.append(node)
        if _is_trained(node) or len(node.inputs) != 1:
            break
        (number,) = node.inputs
    return tail
