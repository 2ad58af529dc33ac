"""One training step of TFLearn's graph, cut out so that a loop can hold it."""

from dataclasses import dataclass
from typing import Any

from tensorflow.python.framework import graph_util

from beenet.engine.branches import drop_unused_functions, take_training_branches
from beenet.engine.randomness import RandomOps, make_stateless, refuse_random
from beenet.network.network import Network
from beenet.tflearn_backend import tflearn


@dataclass(frozen=True)
class Step:
    """A step without its input, its target and its variables, which the loop gives."""

    graph_def: Any
    """The operations, in a ``GraphDef`` of their own."""

    variables: tuple[str, ...]
    """Names of the variable handles that it reads and writes."""

    random: RandomOps | None
    """What its random operations are fed; None leaves TFLearn's own in place."""


def extract_step(network: Network, *, own_random: bool = False) -> Step:
    """Cut the train op, the loss and the metric out of the network's graph.

    The operations are TFLearn's, with three changes that alter no number: questions
    whether this is training are answered (yes), random operations draw from a key
    and a counter that they are fed, and the variables' handles are left out.

    Args:
        network: the network; its graph stays as it is.
        own_random: keep TFLearn's random operations, which hold hidden state. For
            tests, which compare with TFLearn's own loop.

    Raises:
        NetworkError: the network has a random operation that cannot be keyed.
    """
    graph_def = network.graph.as_graph_def()
    with network.graph.as_default():
        is_training = tflearn.get_training_mode().op.name
    take_training_branches(graph_def, is_training)
    train_op = network.train_op
    ends = [train_op.apply_grad.name, train_op.loss.op.name]
    if train_op.metric is not None:
        ends.append(train_op.metric.op.name)
    graph_def = graph_util.extract_sub_graph(graph_def, ends)
    drop_unused_functions(graph_def)
    random = None
    if not own_random:
        random = make_stateless(graph_def)
        refuse_random(graph_def)
    variables = [node.name for node in graph_def.node if node.op == "VarHandleOp"]
    given = {*variables, network.x.op.name, network.y.op.name}
    nodes = [node for node in graph_def.node if node.name not in given]
    for node in nodes:
        node.attr.pop("_class", None)  # names nodes to share a device with: now gone
    del graph_def.node[:]
    graph_def.node.extend(nodes)
    return Step(graph_def, tuple(variables), random)
