"""Read the training of a graph: the optimizer, the loss, the clipping."""

from dataclasses import dataclass, field
from typing import Any

from beenet.config.estimator import LOSSES, OPTIMIZERS
from beenet.network.foreign.ends import LOSS_SCOPES, loss_scope
from beenet.network.foreign.graph import Graph, Node, Ref
from beenet.network.foreign.patterns import match


@dataclass
class FoundTraining:
    """The settings read, as a config writes them, and those that could not be read."""

    optimizer: Any = None
    loss: Any = None
    clip_gradients: float | None = None
    unread: list[str] = field(default_factory=list)


def read_training(graph: Graph) -> FoundTraining:
    """Return the training settings of a graph."""
    found = FoundTraining()
    step = next((n for n in graph.nodes.values() if _kind(n) in _OPTIMIZERS), None)
    if step is None:
        found.unread.append("the optimizer: the graph has no training step")
    else:
        found.optimizer = _optimizer(graph, step, found.unread)
        found.clip_gradients = _clipping(graph)
    scope = loss_scope(graph)
    if scope is None:
        found.unread.append("the loss: it is none of TFLearn's, or was not saved")
    else:
        found.loss = _loss(graph, scope, found.unread)
    return found


def _kind(node: Node) -> str:
    return node.op.removeprefix("Resource").removesuffix("V2")


_OPTIMIZERS: dict[str, tuple[str, dict[str, int]]] = {
    "ApplyGradientDescent": ("sgd", {"learning_rate": 1}),
    "ApplyMomentum": ("momentum", {"learning_rate": 2, "momentum": 4}),
    "ApplyAdam": (
        "adam",
        {"learning_rate": 5, "beta1": 6, "beta2": 7, "epsilon": 8},
    ),
    "ApplyRMSProp": (
        "rmsprop",
        {"learning_rate": 3, "decay": 4, "momentum": 5, "epsilon": 6},
    ),
    "ApplyAdagrad": ("adagrad", {"learning_rate": 2}),
    "ApplyFtrl": (
        "ftrl",
        {
            "learning_rate": 4,
            "l1_regularization_strength": 5,
            "l2_regularization_strength": 6,
            "learning_rate_power": 7,
        },
    ),
    "ApplyAdadelta": ("adadelta", {"learning_rate": 3, "rho": 4, "epsilon": 5}),
}
"""TensorFlow's update op; TFLearn's optimizer, and the inputs with its arguments."""


def _optimizer(graph: Graph, step: Node, unread: list[str]) -> Any:
    name, places = _OPTIMIZERS[_kind(step)]
    if name == "momentum" and step.attributes.get("use_nesterov"):
        name = "nesterov"
    arguments: dict[str, Any] = {}
    for key, place in places.items():
        if place >= len(step.inputs):
            unread.append(f"the optimizer's {key}")
            continue
        number = graph.number(step.inputs[place])
        if number is not None:
            arguments[key] = number
        elif key == "learning_rate" and (found := _decayed(graph, step.inputs[place])):
            arguments |= found
        elif key == "learning_rate" and (rate := _set(graph, step.inputs[place])):
            arguments[key] = rate
            unread.append(
                f"what the script, or a schedule, sets the learning rate to: {rate:g} "
                "is where it begins"
            )
        else:
            unread.append(
                f"the optimizer's {key}: it is no constant (TFLearn's default is taken)"
            )
    if name in ("adagrad", "ftrl") and len(step.inputs) > 1:
        start = _start(graph, graph.follow(step.inputs[1])[0])
        if start is not None:
            arguments["initial_accumulator_value"] = start
    return _short(OPTIMIZERS[name], arguments)


def _start(graph: Graph, slot: str) -> float | None:
    node = graph.nodes.get(f"{slot}/Assign")
    return graph.number(node.inputs[1]) if node and len(node.inputs) == 2 else None


def _set(graph: Graph, ref: Ref) -> float | None:
    """Return the initial value of a rate that is a variable, set between steps."""
    node = graph.at(ref)
    return _start(graph, node.name) if node.op == "Variable" else None


def _decayed(graph: Graph, ref: Ref) -> dict[str, Any] | None:
    """Read ``learning_rate * lr_decay ** (step / decay_step)``."""
    part: Any = ("Div", "step", "decay_step")
    for staircase, power in ((False, part), (True, ("Floor", part))):
        found = match(graph, ("Mul", "learning_rate", ("Pow", "lr_decay", power)), ref)
        if found is None:
            continue
        numbers = {key: graph.number(found[key]) for key in found if key != "step"}
        if None in numbers.values():
            return None
        said: dict[str, Any] = {**numbers, "staircase": staircase}
        said["decay_step"] = int(said["decay_step"])
        return said
    return None


def _clipping(graph: Graph) -> float:
    """Return the global norm to which gradients are clipped; 0 for none."""
    for node in graph.nodes.values():
        if node.name.endswith("clip_by_global_norm/mul/x") and node.values:
            return node.values[0]
    return 0.0


def _loss(graph: Graph, scope: str, unread: list[str]) -> Any:
    name = LOSS_SCOPES[scope.rpartition("/")[2]]
    if name not in LOSSES:
        unread.append(f"the loss {name}: beenet does not have it")
        return None
    if name != "weighted_crossentropy":
        return name
    for node in graph.nodes.values():
        # TensorFlow multiplies the positive examples' part by 1 + (weight - 1) * y.
        if node.scope.startswith(scope) and node.op == "Mul":
            less = graph.number(node.inputs[0])
            if less is not None:
                return _short(LOSSES[name], {"weight": less + 1})
    unread.append("the loss's weight")
    return name


def _short(model: Any, arguments: dict[str, Any]) -> Any:
    """Return a function with only the arguments that differ from TFLearn's defaults."""
    checked = model.model_validate(arguments)
    given = {key: value for key, value in arguments.items() if checked.given(key)}
    return {model.yaml_name: given} if given else model.yaml_name
