"""Updates wait for whoever still uses the weights, and write where those lie."""

import numpy as np
import pytest

from beenet.engine.compiled import CompiledSteps
from beenet.engine.feeding import gather
from beenet.engine.passes.in_place_updates import update_in_place
from beenet.tflearn_backend import tf, tflearn

UPDATE = "update_fc_layer_2/W/ResourceApplyGradientDescent"


def two_layers(net):
    net = tflearn.fully_connected(net, 300, activation="relu", name="fc_layer_1")
    net = tflearn.fully_connected(net, 200, activation="relu", name="fc_layer_2")
    return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_3")


@pytest.mark.parametrize("clip", [0.0, 5.0])
def test_the_update_of_large_weights_allocates_nothing(
    make_network, make_split, clip, allocated
):
    network = make_network(two_layers, (24,), clip_gradients=clip)
    steps = CompiledSteps(network, np.uint8, [10])
    batches = gather(make_split((24,), 3, 40, "uint8"), np.arange(40), 10)
    assert allocated(network, steps, batches, UPDATE) == [[0] * 4]


def node(graph_def, name, op, *inputs):
    graph_def.node.add(name=name, op=op).input.extend(inputs)


def test_an_update_does_not_wait_for_what_waits_for_it():
    graph_def = tf.GraphDef()
    node(graph_def, "w", "VarHandleOp")
    node(graph_def, "read", "ReadVariableOp", "w")
    node(graph_def, "before", "MatMul", "read", "x")
    node(graph_def, "gradient", "MatMul", "before", "d")
    node(graph_def, "update", "ResourceApplyMomentum", "w", "gradient")
    node(graph_def, "after", "Identity", "read", "^update")
    node(graph_def, "later", "L2Loss", "read", "after")
    node(graph_def, "beside", "MatMul", "read:0", "d")
    update_in_place(graph_def)
    inputs = {n.name: list(n.input) for n in graph_def.node}
    assert inputs["update"] == ["w", "gradient", "^before", "^beside"]
    assert inputs["after"] == ["read", "^update"]
