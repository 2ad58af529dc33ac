"""Write a config's layers, branches and repeats as the body of a Python function."""

import builtins
from collections.abc import Sequence

from beenet.config.layer_items import INPUT, LayerItem, Repeat
from beenet.config.layers import LAYERS, Layer
from beenet.config.preprocessing import CropCenter, Preprocessing
from beenet.export.code import bracketed, identifier, literal
from beenet.export.layer_code import Calls

_NETWORK = "network"
"""The variable of the last layer's output, unless the layer has an id."""

_TAKEN = {
    _NETWORK,
    "inputs",
    "block",
    "np",
    "sys",
    "tf",
    "nest",
    "tflearn",
    "custom_layer",
    "PIL",
    "preprocessing",
}


class Body:
    """Writes statements; an id of the config becomes a variable of that name."""

    def __init__(self, calls: Calls) -> None:
        """Create an empty body."""
        self._calls = calls
        self._lines: list[str] = []
        self._variables: dict[str, str] = {}

    def network(
        self,
        steps: Sequence[LayerItem],
        shape: Sequence[int],
        preprocessing: Sequence[Preprocessing] = (),
    ) -> list[str]:
        """Return the statements that build a network and return its output.

        Args:
            steps: the config's layers.
            shape: the shape of one example, as the network takes it.
            preprocessing: the methods applied to examples before that.
        """
        arguments = [f"shape={literal([None, *shape])}"]
        if preprocessing:
            self._calls.imports["tflearn.data_preprocessing"].add("ImagePreprocessing")
            self._lines += _preprocessing(preprocessing)
            arguments.append("data_preprocessing=preprocessing")
        first, rest = steps[0], steps
        target = "inputs" if _asks_for_input(steps) else _NETWORK
        if isinstance(first.what, Layer) and first.what.yaml_name == "input_data":
            rest = steps[1:]
            target = self._variable(first.id) if first.id else target
            if first.what.given("name"):
                arguments.append(f"name={literal(first.what.arguments()['name'])}")
        self._calls.imports["tflearn.layers.core"].add("input_data")
        self._lines += bracketed(f"{target} = input_data(", arguments, ")", 4)
        ids = {first.id: target} if rest is not steps and first.id else {}
        end = self._steps(rest, target, {INPUT: target, **ids}, 4)
        return [*self._lines, f"    return {end}"]

    def _steps(
        self, steps: Sequence[LayerItem], above: str, ids: dict[str, str], indent: int
    ) -> str:
        """Write consecutive steps; return the variable of the last output.

        Args:
            steps: the steps of the network, or of one iteration of a repeat.
            above: the variable that the first one takes.
            ids: the variable of each id to which a ``from`` may refer here.
            indent: number of leading spaces.
        """
        ids = dict(ids)
        for step in steps:
            names = (step.source,) if isinstance(step.source, str) else step.source
            sources = [ids[name] for name in names] if names else [above]
            target = self._variable(step.id) if step.id else _NETWORK
            if isinstance(step.what, Repeat):
                self._repeat(step.what, sources[0], target, ids, indent)
            else:
                many = step.what.takes_many
                incoming = f"[{', '.join(sources)}]" if many else sources[0]
                self._lines += self._calls.lines(target, step.what, incoming, indent)
            above = target
            if step.id:
                ids[step.id] = target
        return above

    def _repeat(
        self, repeat: Repeat, above: str, target: str, ids: dict[str, str], indent: int
    ) -> None:
        """Write a loop whose iterations pass on ``target``."""
        pad = " " * indent
        if above != target:
            self._lines.append(f"{pad}{target} = {above}")
        self._lines.append(f"{pad}for _ in range({repeat.times}):")
        within, begin = {**ids, INPUT: target}, target
        if _asks_for_input(repeat.layers):
            begin = "block" if indent == 4 else f"block_{indent // 4}"
            self._lines.append(f"{pad}    {begin} = {target}")
            within[INPUT] = begin
        end = self._steps(repeat.layers, begin, within, indent + 4)
        if end != target:
            self._lines.append(f"{pad}    {target} = {end}")

    def _variable(self, name: str) -> str:
        """Return the variable of an id, which shadows no name that the script uses."""
        if name not in self._variables:
            variable = identifier(name)
            taken = {*_TAKEN, *LAYERS, *dir(builtins), *self._variables.values()}
            while variable in taken:
                variable += "_"
            self._variables[name] = variable
        return self._variables[name]


def _preprocessing(methods: Sequence[Preprocessing]) -> list[str]:
    """Return the statements that add the methods; the `.tfl` has their statistics."""
    lines = ["    preprocessing = ImagePreprocessing()"]
    for method in methods:
        arguments = [
            literal(value) if isinstance(method, CropCenter) else f"{key}={value!r}"
            for key, value in method.arguments().items()
            if key != method.statistic
            and (isinstance(method, CropCenter) or method.given(key))
        ]
        head = f"preprocessing.add_{method.yaml_name}("
        lines += bracketed(head, arguments, ")", 4)
    return lines


def _asks_for_input(steps: Sequence[LayerItem]) -> bool:
    """Return whether a ``from`` of these steps, nested repeats excluded, names it."""
    return any(
        INPUT in ((step.source,) if isinstance(step.source, str) else step.source or ())
        for step in steps
    )
