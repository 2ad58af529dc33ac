"""Copy the weights of another model's layers into the layers that they fit."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from beenet.config.faults import did_you_mean
from beenet.config.warm_start import WarmStart
from beenet.errors import NetworkError
from beenet.network.network import Network
from beenet.network.saved import ModelFile
from beenet.network.variable_matching import (
    VariableShapes,
    check_names,
    renames,
    source,
)
from beenet.text.values import show_shape
from beenet.text.words import counted


@dataclass(frozen=True)
class TransferResult:
    """The outcome for each of a network's layers with weights."""

    layers: tuple[str, ...]
    """Those that were filled."""
    fresh: dict[str, str]
    """Those that keep their initial weights, and why."""

    def text(self, model: Path) -> str:
        """Return it as text."""
        n, total = len(self.layers), len(self.layers) + len(self.fresh)
        whole = f"all {counted(total, 'layer')}"
        count = whole if n == total else f"{n} of {total} layers"
        fresh = f"; fresh: {_listed(self.fresh)}" if self.fresh else ""
        return f"took {count} from {model}{fresh}"


def transfer_weights(
    network: Network, prefix: Path, start: WarmStart
) -> TransferResult:
    """Copy weights, and the averages of batch normalization, layer by layer.

    A layer is filled if the file has all its variables in their shapes, and left as it
    is with ``restore: false``. Other variables of a training (steps, slots, averages,
    statistics of preprocessing) are not copied.

    Args:
        network: the network to fill.
        prefix: the saved model.
        start: which layers, and their names in the file.

    Raises:
        NetworkError: the file cannot be read, no layer fits, a requested layer does
            not, or a name is unknown.
    """
    checkpoint = ModelFile(prefix)
    variables = {v.op.name: v for v in network.weights()}
    shapes = {name: v.shape.as_list() for name, v in variables.items()}
    kept = network.kept_on_restore()
    found = match(shapes, checkpoint.shapes, start, kept, str(prefix))
    wanted = {n: v for n, v in variables.items() if n.split("/")[0] in found.layers}
    checkpoint.fill(network, wanted, start.names)
    return found


def match(
    ours: VariableShapes,
    there: VariableShapes,
    start: WarmStart,
    kept: Collection[str] = (),
    title: str = "the file",
) -> TransferResult:
    """Return which layers a file fills. Pure: uses only names and shapes.

    Args:
        ours: the network's weights, in its order.
        there: the file's variables.
        start: see `transfer_weights`.
        kept: variables that are not to be restored.
        title: the file's name in messages.

    Raises:
        NetworkError: see `transfer_weights`.
    """
    check_names(start.names, there, ours)
    layers = _layers(ours)
    for name in start.layers or ():
        if name not in layers:
            hint = did_you_mean(name, layers) or f"; it has {', '.join(layers)}"
            raise NetworkError(
                f"from.layers: the network has no layer {name} with weights{hint}"
            )
    reasons = {}
    for name, shapes in layers.items():
        if start.layers is not None and name not in start.layers:
            reasons[name] = "not among from.layers"
        elif not shapes.keys().isdisjoint(kept):
            reasons[name] = "restore: false"
        else:
            reasons[name] = _misfit(name, shapes, there, start.names)
    filled = tuple(name for name, reason in reasons.items() if not reason)
    fresh = {name: reason for name, reason in reasons.items() if reason}
    short = [name for name in start.layers or () if name in fresh]
    if short:
        raise NetworkError(
            f"from.layers: {title} does not fill {short[0]}: {fresh[short[0]]}"
        )
    if not filled:
        unmatched = {n: s for n, s in ours.items() if n not in there}
        pairs = {old: new for new, old in renames(unmatched, there).items()}
        text = ", ".join(f"{old}: {new}" for old, new in pairs.items())
        raise NetworkError(
            f"no layer of {title} fits: {_listed(fresh)}"
            + (f"; did you mean from.names: {{{text}}}?" if text else "")
        )
    return TransferResult(filled, fresh)


def _layers(variables: VariableShapes) -> dict[str, dict[str, list[int]]]:
    """Group variables by TFLearn's layer: the part before the first slash."""
    layers: dict[str, dict[str, list[int]]] = {}
    for name, shape in variables.items():
        layers.setdefault(name.split("/")[0], {})[name] = shape
    return layers


def _misfit(
    layer: str, ours: VariableShapes, there: VariableShapes, names: Mapping[str, str]
) -> str:
    """Return why a file does not fill a layer; empty if it does."""
    for number, (name, shape) in enumerate(ours.items()):
        theirs, last = source(name, names), name.removeprefix(f"{layer}/")
        if theirs not in there or _is_elsewhere(name, names):
            return f"{last} is not there" if number else "not there"
        if there[theirs] != shape:
            was, now = (show_shape(tuple(s)) for s in (there[theirs], shape))
            return f"{last} is {was} there, {now} here"
    return ""


def _is_elsewhere(name: str, names: Mapping[str, str]) -> bool:
    """Return whether the variable ``name`` of the file fills another layer."""

    def within(layers: Collection[str]) -> bool:
        return any(name == layer or name.startswith(f"{layer}/") for layer in layers)

    return within(names.keys()) and not within(names.values())


def _listed(fresh: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ({reason})" for name, reason in fresh.items())
