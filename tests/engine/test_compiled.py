"""The chunk of steps as TensorFlow compiles it: the same way every time."""

import re

import numpy as np
import pytest

from beenet.engine.compiled import CompiledSteps
from beenet.engine.feeding import gather
from beenet.errors import NetworkError
from beenet.network import memory
from beenet.tflearn_backend import tf, tflearn

SHAPE = (6, 6, 1)


@pytest.fixture
def pooling(make_network):
    def layers(net):
        net = tflearn.max_pool_2d(tflearn.conv_2d(net, 2, 3), 2)
        return tflearn.fully_connected(net, 3, activation="softmax")

    return make_network(layers, SHAPE)


def needs(function, name):
    """Return the names of all nodes that an output of a function waits for."""
    inputs = {node.name: node.input for node in function.node_def}
    found, waiting = set(), [name]
    while waiting:
        name = waiting.pop().lstrip("^").split(":")[0]
        if name not in found:
            found.add(name)
            waiting.extend(inputs.get(name, ()))
    return found


def test_no_operation_of_the_step_is_on_a_cycle(pooling):
    CompiledSteps(pooling, np.uint8, [10])
    [body] = [
        function
        for function in pooling.graph.as_graph_def().library.function
        if any(node.op == "MaxPoolGrad" for node in function.node_def)
    ]
    waiting = {
        argument.name: needs(body, body.ret[argument.name])
        for argument in body.signature.output_arg
    }
    steps = [n for n, found in waiting.items() if any("step/" in f for f in found)]
    assert len(steps) == 2  # the written loss and metric, which no step reads
    given = [argument.name for argument in body.signature.input_arg]
    order = [argument.name for argument in body.signature.output_arg]
    carried = {given[order.index(name)] for name in steps}
    readers = {
        node.op
        for node in body.node_def
        if carried & {name.split(":")[0] for name in node.input}
    }
    assert readers == {"TensorListSetItem"}


def operations(network, batches):
    """Compile a new loop, run it, and return the operations that TensorFlow ran."""
    steps = CompiledSteps(network, np.uint8, [10])
    graphs, traced = tf.RunOptions(output_partition_graphs=True), tf.RunMetadata()
    run = network.session.run

    def traced_run(fetches, feed=None):
        if feed is None:
            return run(fetches)
        return run(fetches, feed, options=graphs, run_metadata=traced)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network.session, "run", traced_run)
        patch.setattr(steps._averages, "advance", lambda *_: None)
        steps.run(batches, 1, 0, 0)
    return tuple(sorted(n.op for graph in traced.partition_graphs for n in graph.node))


@pytest.mark.slow
def test_every_loop_has_the_same_kernels(pooling, make_split):
    batches = gather(make_split(SHAPE, 3, 40, "uint8"), np.arange(40), 10)
    assert len({operations(pooling, batches) for _ in range(60)}) == 1


@pytest.mark.parametrize(("width", "copied"), [(32, False), (30, True)])
def test_a_batch_that_fills_64_bytes_stays_where_it_is(
    width, copied, make_network, make_split, allocated
):
    network = make_network(lambda net: tflearn.fully_connected(net, 3), (width,))
    steps = CompiledSteps(network, np.float32, [10])
    batches = gather(make_split((width,), 3, 40, "float32"), np.arange(40), 10)
    [slices] = allocated(network, steps, batches, "body/_1/StridedSlice")
    assert [size > 0 for size in slices] == [copied] * 4


@pytest.mark.parametrize(
    ("clip", "optimizer", "times"),
    [(5.0, "sgd", 2), (0.0, "sgd", 1), (5.0, "adam", 4), (0.0, "momentum", 2)],
)
def test_a_training_that_finds_no_room_is_refused_before_it_begins(
    clip, optimizer, times, make_network, monkeypatch
):
    """Clipping holds all gradients at once; an optimizer holds averages of them."""

    def layers(net):
        return tflearn.fully_connected(net, 5, activation="softmax")

    network = make_network(layers, (2000,), clip_gradients=clip, optimizer=optimizer)
    weights = 4 * 5 * 2000
    monkeypatch.setattr(memory, "memory_bytes", lambda: times * weights + 500)
    CompiledSteps(network, np.uint8, [10])
    monkeypatch.setattr(memory, "memory_bytes", lambda: times * weights)
    with pytest.raises(NetworkError) as caught:
        CompiledSteps(network, np.uint8, [10])
    assert re.fullmatch(
        r"weights, the optimizer's averages and gradients take [\d.]+ kB, and this "
        r"machine has [\d.]+ kB of memory; give the network fewer or smaller layers",
        str(caught.value),
    )
