"""Turns the steps of a config into its graph: every layer with its inputs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from beenet.config.faults import KeyPath, did_you_mean, format_path
from beenet.config.layer_items import INPUT, LayerItem, Repeat
from beenet.config.layers import Layer

THE_INPUT = -1
"""Marks the net's input among a node's inputs, if no layer provides it."""

MAX_NODES = 10_000
"""Limit of layers; the deepest nets in use have some hundred."""


@dataclass(frozen=True)
class Node:
    """A layer as it is built; a layer in a repeat gives one node per turn."""

    layer: Layer
    path: KeyPath
    """Its path in the config: ``layers[3]``, ``layers[4].repeat.layers[0]``."""
    inputs: tuple[int, ...]
    """The numbers of its input nodes; `THE_INPUT` for the net's input."""
    turns: tuple[tuple[int, int], ...] = ()
    """For each repeat around it, outermost first: the turn, from 0, and the number."""

    def at(self, *keys: str) -> KeyPath:
        """Return the path of one of its arguments, or of the layer's mapping."""
        return (*self.path, self.layer.yaml_name, *keys)

    @property
    def first(self) -> bool:
        """Whether it is the first node that is built from its path."""
        return all(turn == 0 for turn, _ in self.turns)

    @property
    def title(self) -> str:
        """Its number among the layers from 1, its name and its turn, for messages."""
        number = ".".join(str(step + 1) for step in self.path if isinstance(step, int))
        title = f"layer {number} ({getattr(self.layer, 'name', '') or self.kind})"
        turns = [f"turn {turn + 1} of {times}" for turn, times in self.turns]
        return ", ".join([title, *turns])

    @property
    def kind(self) -> str:
        """The layer's name in TFLearn."""
        return self.layer.yaml_name


@dataclass
class Graph:
    """The nodes in the order in which they are built, and the faults found."""

    nodes: list[Node] = field(default_factory=list)
    faults: list[tuple[KeyPath, str]] = field(default_factory=list)


def graph(steps: Sequence[LayerItem]) -> Graph:
    """Return the graph of a config's steps.

    Its nodes are valid only if it has no faults.
    """
    walk = _Walk(steps)
    if (found := _too_many(steps)) is not None:
        walk.graph.faults.append(found)
        return walk.graph
    end = walk.steps(steps, ("layers",), _Scope(THE_INPUT), ())
    if not walk.graph.faults:
        walk.graph.faults += walk.dropped(end)
    return walk.graph


@dataclass
class _Scope:
    """The names visible to a ``from``: the ids of a list of steps and those around."""

    input: int
    ids: dict[str, tuple[int, KeyPath]] = field(default_factory=dict)
    outer: "_Scope | None" = None

    def visible(self) -> dict[str, tuple[int, KeyPath]]:
        return {**(self.outer.visible() if self.outer else {}), **self.ids}


class _Walk:
    def __init__(self, steps: Sequence[LayerItem]) -> None:
        self.graph = Graph()
        self.homes = dict(_ids(steps, ("layers",)))
        self.named: set[KeyPath] = set()

    def steps(
        self,
        steps: Sequence[LayerItem],
        path: KeyPath,
        scope: _Scope,
        turns: tuple[tuple[int, int], ...],
    ) -> int:
        """Build a list of steps; return the number of the node that it ends with."""
        above = scope.input
        for index, step in enumerate(steps):
            here = (*path, index)
            inputs = self.inputs(step, here, scope, above)
            if isinstance(step.what, Repeat):
                above = inputs[0]
                times = step.what.times
                inner = (*here, Repeat.yaml_name, "layers")
                for turn in range(times):
                    around = (*turns, (turn, times))
                    within = _Scope(above, outer=scope)
                    above = self.steps(step.what.layers, inner, within, around)
            else:
                first = here == ("layers", 0)
                begins = first and step.what.yaml_name == "input_data"
                inputs = () if begins else inputs
                self.graph.nodes.append(Node(step.what, here, inputs, turns))
                above = len(self.graph.nodes) - 1
                if begins:
                    scope.input = above
            if step.id is not None:
                self.define(step.id, here, scope, above)
        return above

    def inputs(
        self, step: LayerItem, here: KeyPath, scope: _Scope, above: int
    ) -> tuple[int, ...]:
        many = isinstance(step.what, Layer) and step.what.takes_many
        kind = step.what.yaml_name
        names = (step.source,) if isinstance(step.source, str) else step.source or ()
        if kind == "input_data" and names:
            self.fault((*here, "from"), "input_data is the input and takes nothing")
        elif many and len(names) < 2:
            place = (*here, "from") if names else (*here, kind)
            text = f"{kind} needs two inputs or more, as in from: [{INPUT}, A]"
            self.fault(place, text)
        elif len(names) > 1 and not many:
            text = f"{kind} takes one input, got {len(names)}; put a merge above it"
            self.fault((*here, "from"), text)
        found = []
        for i, name in enumerate(names):
            item = (i,) if isinstance(step.source, tuple) else ()
            found.append(self.find(name, (*here, "from", *item), scope))
        return tuple(found) or (above,)

    def find(self, name: str, place: KeyPath, scope: _Scope) -> int:
        if name == INPUT:
            return scope.input
        known = scope.visible()
        if name in known:
            number, home = known[name]
            self.named.add(home)
            return number
        here = place[: place.index("from")]
        homes = [path for path, named in self.homes.items() if named == name]
        below = [path for path in homes if path[:-1] == here[: len(path) - 1]]
        if here in homes:
            text = f"'{name}' is this layer's own id"
        elif below:
            text = f"'{name}' comes later, at {format_path(below[0])}"
        elif homes:
            inside = format_path(homes[0][:-2])
            text = f"'{name}' is known inside {inside} only; give the repeat an id"
        else:
            hint = did_you_mean(name, [*known, INPUT])
            text = f"no layer above has the id '{name}'"
            text += hint or f"; known are {', '.join([INPUT, *known])}"
        self.fault(place, text)
        return THE_INPUT

    def define(self, name: str, here: KeyPath, scope: _Scope, number: int) -> None:
        known = scope.visible()
        if name == INPUT:
            text = f"'{INPUT}' is what comes in; choose another id"
            self.fault((*here, "id"), text)
        elif name in known:
            text = f"'{name}' is the id of {format_path(known[name][1])} already"
            self.fault((*here, "id"), text)
        else:
            scope.ids[name] = (number, here)

    def dropped(self, end: int) -> Iterator[tuple[KeyPath, str]]:
        """Yield the layers whose output is unused, and ids that no ``from`` names."""
        taken = {number for node in self.graph.nodes for number in node.inputs}
        lost: dict[KeyPath, Node] = {}
        for number, node in enumerate(self.graph.nodes):
            if number not in taken and number != end:
                lost.setdefault(node.path, node)
        for path, node in lost.items():
            text = f"the output of {node.title} goes nowhere: no layer below takes it"
            yield path, f"{text}; remove it, or give it an id and name that in a 'from'"
        for path, name in self.homes.items():
            if path not in self.named and path not in lost:
                yield (*path, "id"), f"no 'from' takes '{name}'; remove the id"

    def fault(self, path: KeyPath, text: str) -> None:
        """Note a fault once; in a repeat it is found again at every turn."""
        if (path, text) not in self.graph.faults:
            self.graph.faults.append((path, text))


def _ids(steps: Sequence[LayerItem], path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    for index, step in enumerate(steps):
        here = (*path, index)
        if step.id is not None:
            yield here, step.id
        if isinstance(step.what, Repeat):
            inner = (*here, Repeat.yaml_name, "layers")
            yield from _ids(step.what.layers, inner)


def _too_many(steps: Sequence[LayerItem]) -> tuple[KeyPath, str] | None:
    def count(steps: Sequence[LayerItem]) -> int:
        return sum(
            step.what.times * count(step.what.layers)
            if isinstance(step.what, Repeat)
            else 1
            for step in steps
        )

    total = 0
    for index, step in enumerate(steps):
        total += (layers := count([step]))
        if total > MAX_NODES and isinstance(step.what, Repeat):
            path = ("layers", index, Repeat.yaml_name, "times")
            above = "" if layers > MAX_NODES else f", {total:,} with those above"
            return path, f"makes {layers:,} layers{above}, more than {MAX_NODES:,}"
    return None
