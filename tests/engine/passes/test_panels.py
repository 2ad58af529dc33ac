"""Wide layers on the input are trained in panels, and no bit changes.

A machine whose kernels add up in another order for fewer units leaves them whole.
"""

import numpy as np
import pytest

from beenet.engine import TrainLoop
from beenet.engine.averages import Averages
from beenet.engine.compiled import CompiledSteps
from beenet.engine.feeding import gather
from beenet.engine.passes import idle_norms, panels
from beenet.engine.passes.panels import Panels
from beenet.engine.step import extract_step
from beenet.system.thread_plan import ThreadPlan
from beenet.tflearn_backend import tf, tflearn
from engine.identity import OPTIMIZERS, check
from tests.conftest import slow

TWO = ThreadPlan(1, 2)
UPDATE = "ResourceApplyGradientDescent/0"


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Make small layers worthwhile."""
    monkeypatch.setattr(panels, "_PANEL", 1 << 12)
    monkeypatch.setattr(idle_norms, "_WORTHWHILE", 1 << 12)
    monkeypatch.setattr(idle_norms, "_MAX_PRODUCTS", 1000)


def wide(units=64, activation="relu", **options):
    """A wide layer on the input, and one behind it."""

    def layers(net):
        net = tflearn.fully_connected(
            net, units, activation=activation, name="fc_layer_1", **options
        )
        return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_2")

    return layers


def step_of(network, batch_sizes=(10,)):
    return extract_step(network, Averages(network), batch_sizes)


def cut(network, batch_sizes=(10,)):
    """Return the panels' widths, by the variable."""
    held = step_of(network, batch_sizes).panels
    return {panels.variable.op.name: panels.widths for panels in held}


@pytest.mark.parametrize(
    ("activation", "units", "plan", "clip"),
    [
        ("relu", 64, TWO, 0.0),
        slow("relu", 64, TWO, 0.05),
        slow("relu", 64, TWO, 5.0),
        slow("relu", 100, ThreadPlan(2, 2), 0.05),
        ("tanh", 64, ThreadPlan(1, 4), 5.0),
        slow("sigmoid", 100, TWO, 0.05),
        slow("linear", 64, TWO, 0.0),
        slow("selu", 64, TWO, 5.0),
    ],
)
def test_the_numbers_are_those_of_tflearn(
    activation, units, plan, clip, make_network, make_split, answers
):
    layers = wide(units, activation)
    network = make_network(layers, (80,), plan=plan, clip_gradients=clip)
    assert list(cut(network, (10, 3))) == ["fc_layer_1/W"] or not all(answers)
    split = make_split((80,), 3, 43, "uint8")  # the last batch is of 3
    check(network, split, batch_size=10)


def beside(net):
    """Two wide layers on one input."""
    left = tflearn.fully_connected(net, 64, activation="relu", name="left")
    right = tflearn.fully_connected(net, 96, activation="tanh", name="right")
    net = tflearn.merge([left, right], "concat")
    return tflearn.fully_connected(net, 3, activation="softmax", name="end")


def with_dropout(net):
    net = tflearn.fully_connected(net, 64, activation="relu", name="fc_layer_1")
    net = tflearn.dropout(net, 0.5)
    return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_2")


def behind_dropout(net):
    net = tflearn.dropout(net, 0.8)
    net = tflearn.fully_connected(net, 64, activation="relu", name="fc_layer_1")
    return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_2")


def twice_on_one_input(net):
    """Two layers whose sum goes on: both get the same gradient."""
    left = tflearn.fully_connected(net, 64, name="left")
    right = tflearn.fully_connected(net, 64, name="right")
    net = tflearn.activation(tflearn.merge([left, right], "elemwise_sum"), "relu")
    return tflearn.fully_connected(net, 3, activation="softmax", name="end")


def behind_a_frozen_one(net):
    net = tflearn.fully_connected(net, 80, trainable=False, name="fc_layer_1")
    net = tflearn.fully_connected(net, 64, activation="relu", name="fc_layer_2")
    return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_3")


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (beside, ["left/W", "right/W"]),
        (with_dropout, ["fc_layer_1/W"]),
        slow(behind_dropout, ["fc_layer_1/W"]),
        (twice_on_one_input, ["left/W", "right/W"]),
        (behind_a_frozen_one, ["fc_layer_2/W"]),
        (wide(bias=False), ["fc_layer_1/W"]),
    ],
)
@pytest.mark.parametrize("clip", [slow(0.0), 0.05])
def test_so_are_those_of_other_nets(
    clip, layers, expected, make_network, make_split, answers
):
    network = make_network(layers, (80,), plan=TWO, clip_gradients=clip)
    assert list(cut(network)) == expected or not all(answers)
    check(network, make_split((80,), 3, 33, "float32"), batch_size=10)


@pytest.mark.parametrize(
    ("plan", "units", "expected"),
    [
        (TWO, 64, (32, 32)),
        (TWO, 100, (64, 36)),
        (TWO, 96, (48, 48)),
        (ThreadPlan(1, 4), 64, (16, 16, 16, 16)),
        (ThreadPlan(1, 8), 64, (16, 16, 16, 16)),  # 16 units fill a register
        (ThreadPlan(1, 8), 80, (16, 16, 16, 16, 16)),
    ],
)
@pytest.mark.usefixtures("alike")
def test_each_thread_has_a_panel(plan, units, expected, make_network):
    network = make_network(wide(units), (80,), plan=plan)
    assert cut(network) == {"fc_layer_1/W": expected}


def regularized_elsewhere(net):
    net = tflearn.fully_connected(net, 64, activation="relu", name="fc_layer_1")
    tf.add_to_collection(
        tf.GraphKeys.REGULARIZATION_LOSSES, tf.reduce_sum(tf.abs(net.W)) * 1e-3
    )
    return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_2")


@tf.custom_gradient
def masked(x, weights):
    """A product whose weights' gradient is multiplied by a mask."""
    mask = tf.cast(tf.range(64) < 32, tf.float32)

    def gradient(d):
        of_weights = tf.raw_ops.MatMul(a=x, b=d, transpose_a=True)
        return tf.matmul(d, weights, transpose_b=True), of_weights * mask

    return tf.raw_ops.MatMul(a=x, b=weights), gradient


def of_a_plugin(net):
    weights = tflearn.variable("plugin/W", shape=[80, 64], initializer="normal")
    net = tf.nn.relu(masked(net, weights))
    return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_1")


def read_later(net):
    """A layer that reads its weights only after something else was done."""
    weights = tflearn.variable("plugin/W", shape=[80, 64], initializer="normal")
    with tf.control_dependencies([tf.reduce_sum(net)]):
        value = weights.read_value()
    net = tf.nn.relu(tf.matmul(net, value))
    return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_1")


def behind_another(net):
    net = tflearn.fully_connected(net, 10, activation="relu", name="fc_layer_1")
    net = tflearn.fully_connected(net, 640, activation="relu", name="fc_layer_2")
    return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_3")


@pytest.mark.parametrize(
    ("layers", "options"),
    [
        (wide(), {"plan": ThreadPlan(1, 1)}),  # nobody to share with
        (wide(), {"plan": ThreadPlan(2, 1)}),
        (wide(20), {}),  # small
        (wide(16), {}),  # cannot be parted
        (wide(99), {}),  # a panel would end within what a kernel takes at a time
        (behind_another, {}),  # hands a gradient on
        (wide(regularizer="L2"), {}),  # the gradient is no product alone
        (regularized_elsewhere, {}),
        (of_a_plugin, {}),
        (of_a_plugin, {"clip_gradients": 0.0}),
        (read_later, {"clip_gradients": 0.0}),
        (wide(), {"optimizer": "ftrl"}),  # takes powers
    ],
)
@pytest.mark.usefixtures("alike")
def test_others_stay_whole(layers, options, make_network):
    assert cut(make_network(layers, (80,), **{"plan": TWO, **options})) == {}


@pytest.mark.parametrize(("optimizer", "times"), [("sgd", 1), ("adam", 3)])
@pytest.mark.usefixtures("alike")
def test_what_takes_long_to_cut_and_join_stays_whole(
    optimizer, times, make_network, monkeypatch
):
    options = {"plan": TWO, "optimizer": OPTIMIZERS[optimizer]()}
    size = times * 4 * 80 * 64
    network = make_network(beside, (80,), **options)
    for most, expected in [
        (size - 1, []),
        (size, ["left"]),
        (9 * size, ["left", "right"]),
    ]:
        monkeypatch.setattr(panels, "_LARGEST", most)
        found = [name for name in cut(network) if name.endswith("/W")]
        assert found == [f"{name}/W" for name in expected]


def of_no_resource(net):
    tf.Variable(0.0, trainable=False, use_resource=False)
    return wide()(net)


def of_a_local_variable(net):
    """What a file does not hold, and an optimizer keeps nothing of that it does."""
    weights = tf.get_variable(
        "w",
        [80, 64],
        collections=[tf.GraphKeys.LOCAL_VARIABLES, tf.GraphKeys.TRAINABLE_VARIABLES],
    )
    net = tf.nn.relu(tf.matmul(net, weights))
    return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_1")


@pytest.mark.parametrize(
    ("layers", "expected"),
    [(of_no_resource, ["fc_layer_1/W"]), (of_a_local_variable, ["w"])],
)
@pytest.mark.usefixtures("alike")
def test_variables_of_plugins_do_no_harm(layers, expected, make_network):
    assert (
        list(cut(make_network(layers, (80,), plan=TWO, clip_gradients=0.0))) == expected
    )


@pytest.mark.usefixtures("alike")
def test_a_norm_that_is_asked_for_in_each_step_wants_the_whole(
    make_network, monkeypatch
):
    monkeypatch.setattr(idle_norms, "_WORTHWHILE", 1 << 30)
    assert cut(make_network(wide(), (80,), plan=TWO)) == {}
    unclipped = make_network(wide(), (80,), plan=TWO, clip_gradients=0.0)
    assert list(cut(unclipped)) == ["fc_layer_1/W"]


@pytest.mark.parametrize("differing", [0, 1])
def test_what_has_other_bits_stays_whole(differing, make_network, monkeypatch):
    tried = []

    def try_bits(node, _, __, batches):
        tried.append((node.op, [shapes.batch_size for shapes in batches]))
        return len(tried) - 1 != differing

    monkeypatch.setattr(panels, "same_bits", try_bits)
    assert cut(make_network(wide(), (80,), plan=TWO), [10, 3]) == {}
    assert tried == [("_FusedMatMul", [10, 3]), ("MatMul", [10, 3])][: differing + 1]


def test_between_chunks_the_variable_is_whole(
    make_network, make_split, variables_of, monkeypatch, answers
):
    """What is put into it there is trained on, and what was trained is there."""
    split = make_split((80,), 3, 40, "uint8")
    ours, whole = (make_network(wide(), (80,), plan=TWO) for _ in range(2))
    loops = [TrainLoop(ours, split, batch_size=10, seed=3, chunk_steps=2)]
    monkeypatch.setattr(panels, "_PANEL", 1 << 30)
    loops.append(TrainLoop(whole, split, batch_size=10, seed=3, chunk_steps=2))
    assert len(loops[0]._compiled._panels) == 1 or not all(answers)
    assert not loops[1]._compiled._panels
    for chunks in zip(*(loop.run_epoch(0) for loop in loops), strict=True):
        np.testing.assert_array_equal(chunks[0].losses, chunks[1].losses)
        values = variables_of(ours)
        for name, value in variables_of(whole).items():
            np.testing.assert_array_equal(values[name], value, err_msg=name)
        values["fc_layer_1/W"] = values["fc_layer_1/W"][::-1] * np.float32(0.5)
        for network in (ours, whole):
            network.set_values(values)


@pytest.mark.parametrize(
    ("optimizer", "slots"),
    [
        ("sgd_decay", []),
        slow("momentum", ["Momentum"]),
        slow("nesterov_decay", ["Nesterov"]),
        ("adam", ["Adam", "Adam_1"]),
        slow("rmsprop", ["RMSProp", "RMSProp_1"]),
        slow("adagrad", ["AdaGrad"]),
        slow("adadelta", ["AdaDelta", "AdaDelta_1"]),
        slow("proximal_adagrad", ["AdaGrad"]),
    ],
)
@pytest.mark.parametrize("clip", [slow(0.0), 0.05])
def test_what_an_optimizer_keeps_of_each_weight_is_cut_alike(
    clip, optimizer, slots, make_network, make_split, answers
):
    network = make_network(
        *(wide(), (80,)),
        plan=TWO,
        optimizer=OPTIMIZERS[optimizer](),
        clip_gradients=clip,
    )
    expected = ["fc_layer_1/W", *(f"fc_layer_1/W/{slot}" for slot in slots)]
    assert list(cut(network)) == expected or not all(answers)
    check(network, make_split((80,), 3, 43, "uint8"), batch_size=10)


def test_two_loops_of_one_network_do_not_share_panels(
    make_network, make_split, variables_of
):
    split = make_split((80,), 3, 40, "uint8")
    network, other = (make_network(wide(), (80,), plan=TWO) for _ in range(2))
    one, two = (TrainLoop(network, split, batch_size=b, seed=3) for b in (10, 8))
    alone = TrainLoop(other, split, batch_size=10, seed=3)
    list(one.run_epoch(0))
    list(alone.run_epoch(0))
    before = variables_of(network)
    list(two.run_epoch(1))
    network.set_values(before)
    list(one.run_epoch(2))
    list(alone.run_epoch(2))
    for name, value in variables_of(other).items():
        np.testing.assert_array_equal(variables_of(network)[name], value, err_msg=name)


@pytest.mark.usefixtures("alike")
def test_the_panels_are_in_no_file(make_network):
    network = make_network(wide(), (80,), plan=TWO)
    before = set(network.variables())
    CompiledSteps(network, np.uint8, [10])
    assert set(network.variables()) == before
    with network.graph.as_default():
        assert not [v for v in tf.global_variables() if "panel" in v.name]


@pytest.mark.parametrize("clip", [0.0, 5.0])
@pytest.mark.usefixtures("alike")
def test_the_update_of_a_panel_allocates_nothing(
    clip, make_network, make_split, allocated
):
    network = make_network(wide(), (80,), plan=TWO, clip_gradients=clip)
    steps = CompiledSteps(network, np.uint8, [10])
    batches = gather(make_split((80,), 3, 40, "uint8"), np.arange(40), 10)
    assert allocated(network, steps, batches, UPDATE) == [[0] * 4]


@pytest.mark.usefixtures("alike")
def test_panels_are_named_by_their_variable(make_network):
    network = make_network(wide(), (80,), plan=TWO)
    [held] = step_of(network).panels
    assert isinstance(held, Panels)
    assert held.names == ["fc_layer_1/W/panel/0", "fc_layer_1/W/panel/1"]
