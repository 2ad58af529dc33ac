"""Match a file's variables with a network's, by name and shape.

Pure: takes names and shapes, and returns a pairing or a one-line explanation.
"""

import difflib
import re
from collections.abc import Iterable, Mapping

from beenet.errors import NetworkError
from beenet.text.words import listed

_MAX_NAMES = 12
"""Names that a message lists."""

VariableShapes = Mapping[str, list[int]]
"""The shapes of variables by name."""


def source(name: str, names: Mapping[str, str]) -> str:
    """Return the name of a network's variable in the file.

    Args:
        name: the variable's name in the network.
        names: from a layer's or variable's name in the file to that in the network:
            ``{"Conv2D": "conv_layer_1"}`` fills ``conv_layer_1/W`` from ``Conv2D/W``.
    """
    for theirs, ours in names.items():
        if name == ours or name.startswith(f"{ours}/"):
            return theirs + name[len(ours) :]
    return name


def check_names(
    names: Mapping[str, str], there: VariableShapes, ours: Iterable[str]
) -> None:
    """Check that each of ``names`` exists in the file and in the network.

    Raises:
        NetworkError: it does not; says what may be meant.
    """
    for theirs, our in names.items():
        for name, known, where in (
            (theirs, there, "the file"),
            (our, list(ours), "the network"),
        ):
            parts = {n for v in known for n in _prefixes(v)}
            if name not in parts:
                near = difflib.get_close_matches(name, sorted(parts), 1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise NetworkError(
                    f"cannot rename {theirs} to {our}: {where} has no layer or "
                    f"variable {name}{hint}"
                )


def misfit(
    wanted: VariableShapes,
    there: VariableShapes,
    names: Mapping[str, str] | None = None,
) -> str | None:
    """Return why a file cannot fill a network's variables; None if it can.

    Args:
        wanted: the network's variables, in its order.
        there: the file's.
        names: as of `source`.
    """
    names = names or {}
    missing = {n: s for n, s in wanted.items() if source(n, names) not in there}
    if not missing:
        for name, shape in wanted.items():
            theirs = source(name, names)
            if there[theirs] != shape:
                return f"its variable {theirs} is {there[theirs]}, the config's is " + (
                    f"{shape}" if theirs == name else f"{name} {shape}"
                )
        return None
    used = {source(n, names) for n in wanted}
    spare = {n: s for n, s in there.items() if n not in used}
    first, shape = next(iter(missing.items()))
    others = (
        f" (nor {listed(list(missing)[1:], _MAX_NAMES)})" if len(missing) > 1 else ""
    )
    text = f"it has no variable {source(first, names)} {shape}{others}"
    return text + _advice(missing, spare, there)


def _advice(
    missing: VariableShapes, spare: VariableShapes, there: VariableShapes
) -> str:
    """Return which of the file's variables may be meant by the missing ones."""
    pairs = renames(missing, spare)
    first = next(iter(missing))
    layer, _, last = first.rpartition("/")
    if layer in pairs:
        flags = " ".join(f"--rename {old}={new}" for new, old in pairs.items())
        return f"; the file's {pairs[layer]}/{last} has that shape: {flags}"
    near = difflib.get_close_matches(first, there, 1)
    if near:
        return f"; did you mean {near[0]} {there[near[0]]}?"
    # An optimizer's slots are named after their variable, and add no information.
    own = [name for name in there if name.rpartition("/")[0] not in there]
    told = [name for name in own if name in spare] or own
    return f"; it has {listed(sorted(told, key=natural), _MAX_NAMES)}"


def renames(missing: VariableShapes, spare: VariableShapes) -> dict[str, str]:
    """Pair layers with the same variables and shapes, in order: ours to the file's."""
    free = _layers({n: spare[n] for n in sorted(spare, key=natural)})
    pairs = {}
    for layer, variables in _layers(missing).items():
        for other, theirs in free.items():
            if layer and other and variables.items() <= theirs.items():
                pairs[layer] = other
                break
        free.pop(pairs.get(layer, ""), None)
    return pairs


def _layers(variables: VariableShapes) -> dict[str, dict[str, list[int]]]:
    layers: dict[str, dict[str, list[int]]] = {}
    for name, shape in variables.items():
        layer, _, last = name.rpartition("/")
        layers.setdefault(layer, {})[last] = shape
    return layers


def _prefixes(name: str) -> Iterable[str]:
    parts = name.split("/")
    return ("/".join(parts[:n]) for n in range(1, len(parts) + 1))


def natural(name: str) -> list[tuple[int, str]]:
    """Return a sorting key in which ``Conv2D_9`` comes before ``Conv2D_10``."""
    # A longer number is larger; one in a foreign file may be too long for int().
    return [
        (-1, rest) if rest else (len(digits), digits)
        for digits, rest in re.findall(r"0*([0-9]+)|([^0-9]+)", name)
    ]
