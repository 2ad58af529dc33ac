"""Norms of large gradients are asked for where clipping might act, and only there."""

import math

import numpy as np
import pytest

from beenet.engine import TrainLoop, compiled, epoch_order
from beenet.engine.averages import Averages
from beenet.engine.passes import idle_norms
from beenet.engine.passes.idle_norms import BELOW_CLIP
from beenet.engine.step import extract_step
from beenet.system.thread_plan import ThreadPlan
from beenet.tflearn_backend import tf, tflearn
from engine.identity import OPTIMIZERS, check
from tests.conftest import slow

BATCH = 10


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Make small layers worthwhile."""
    monkeypatch.setattr(idle_norms, "_WORTHWHILE", 1 << 12)
    monkeypatch.setattr(idle_norms, "_MAX_PRODUCTS", 1000)


def layers(net):
    net = tflearn.fully_connected(net, 60, activation="relu", name="fc_layer_1")
    net = tflearn.fully_connected(net, 40, activation="tanh", name="fc_layer_2")
    return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_3")


def asked(network, batch_sizes=(BATCH,)):
    """Return how many norms of the network's step are asked for only where needed."""
    nodes = extract_step(network, Averages(network), batch_sizes).graph_def.node
    switches = [n for n in nodes if n.op == "Switch" and BELOW_CLIP in n.input]
    return len([n for n in switches if "L2Loss" in n.name])


@pytest.fixture
def says_whether_sure(monkeypatch):
    """Let a loop's metrics say of each step whether it is sure, as 0 or 1."""

    def extract(network, *given, **options):
        step = extract_step(network, *given, **options)
        for node in step.graph_def.node:
            if node.name == network.train_op.metric.op.name:
                cast = tf.NodeDef(name=node.name, op="Cast", input=[BELOW_CLIP])
                cast.attr["SrcT"].type = tf.bool.as_datatype_enum
                cast.attr["DstT"].type = tf.float32.as_datatype_enum
                node.CopyFrom(cast)
        return step

    monkeypatch.setattr(compiled, "extract_step", extract)


def norms_of(network, split, steps):
    """Train by TFLearn's own operations; return the norm of each step's gradients."""
    x = split.x / np.float32(255)
    order = epoch_order(len(x), seed=3, epoch=0)
    network.set_training(True)
    found = []
    for start in range(0, steps * BATCH, BATCH):
        rows = order[start : start + BATCH]
        feed = {network.x: x[rows], network.y: split.y[rows]}
        ends = [network.train_op.grad_norm, network.train_op.apply_grad]
        found.append(network.session.run(ends, feed)[0])
    return np.array(found)


@pytest.mark.parametrize(
    ("optimizer", "plan"),
    [
        ("sgd", ThreadPlan(1, 1)),
        slow("adam", ThreadPlan(1, 2)),
    ],
)
@pytest.mark.usefixtures("says_whether_sure")
def test_a_step_is_sure_only_where_clipping_does_nothing(
    optimizer, plan, make_network, make_split, variables_of
):
    split = make_split((50,), 3, 400, "uint8")

    def make(clip):
        return make_network(
            layers,
            (50,),
            optimizer=OPTIMIZERS[optimizer](),
            clip_gradients=clip,
            plan=plan,
        )

    clip = float(np.median(norms_of(make(1e6), split, 40)))
    theirs, ours = make(clip), make(clip)
    expected = norms_of(theirs, split, 40)
    loop = TrainLoop(ours, split, batch_size=BATCH, seed=3)
    sure = np.concatenate([c.metrics for c in loop.run_epoch(0)]) == 1
    for name in ["fc_layer_1/W", "fc_layer_2/W", "fc_layer_3/b"]:
        np.testing.assert_array_equal(
            variables_of(ours)[name], variables_of(theirs)[name], err_msg=name
        )
    assert (expected[sure] <= clip).all()
    assert sure[expected < 0.99 * clip].all()
    assert 0.1 < sure.mean() < 0.9


@pytest.mark.parametrize("clip", [slow(0.01), 0.3, slow(41.0)])
def test_the_numbers_are_those_of_tflearn(clip, make_network, make_split):
    network = make_network(layers, (50,), clip_gradients=clip)
    assert asked(network, (10, 3)) == 2
    split = make_split((50,), 3, 43, "uint8")  # the last batch is of 3
    check(network, split, batch_size=10)


def test_the_factor_of_a_clip_of_41_is_not_1():
    """So the numbers above are those of TFLearn only with TFLearn's own factor."""
    clip = np.float32(41)
    assert clip * (np.float32(1) / clip) != 1


def products(rng, kind):
    """Return what a gradient is a product of, X [10, 400] and D [10, 30]."""
    x = rng.standard_normal((BATCH, 400), np.float32)
    d = rng.standard_normal((BATCH, 30), np.float32)
    if kind == "alike":  # as images are: |X^T D| comes near |X| |D|
        x, d = np.abs(x) + 5, np.abs(d)
    if kind == "cancelling":  # examples whose gradients cancel each other
        x[5:], d[5:] = x[:5], -d[:5] * np.float32(1 + 1e-6)
    return x, d


@pytest.fixture(scope="module")
def answer():
    """Answer the question for one product and one more norm, under a clip of 5."""
    slack, elements = 2 * (400 + 30 + 100) * 2.0**-24, 400 * 30
    made = idle_norms._Product("g", "n", "x", "d", slack, elements)
    limit = 12.5 * math.exp(-(elements + 2 * idle_norms._FEW) * 2.0**-24)
    graph_def = tf.GraphDef()
    graph_def.node.extend(idle_norms._question([made], ["small"], limit))
    with tf.Graph().as_default() as graph:
        given = {name: tf.placeholder(tf.float32, name=name) for name in "xd"}
        more = tf.placeholder(tf.float32, [None])
        halves = {**given, "small": tf.nn.l2_loss(more)}
        [sure] = tf.import_graph_def(graph_def, halves, [f"{BELOW_CLIP}:0"], name="")
        gradients = [tf.matmul(given["x"], given["d"], transpose_a=True), more]
        clipped, norm = tf.clip_by_global_norm(gradients, 5.0)
        factor = clipped[0].op.inputs[0].op.inputs[1]
        with tf.Session(graph=graph) as session:
            yield lambda x, d, small: session.run(
                [sure, norm, factor], {given["x"]: x, given["d"]: d, more: small}
            )


@pytest.mark.parametrize("kind", ["any", "alike", "cancelling"])
@pytest.mark.parametrize(
    "part", [1e-3, 0.5, 0.99, 0.9999, 0.999999, 1, 1.000001, 1.0001, 1.01, 2, 1e3]
)
def test_the_answer_is_yes_only_where_the_norm_is_below_the_clip(part, kind, answer):
    rng = np.random.default_rng(7)
    for _ in range(10):
        x, d = products(rng, kind)
        small = rng.standard_normal(30, np.float32) * np.float32(0.1)
        exact = np.linalg.norm(x.T.astype(np.float64) @ d.astype(np.float64))
        d *= np.float32(5 * part / exact)
        sure, norm, factor = answer(x, d, small)
        if sure:
            assert norm <= 5
            assert factor == 1
        if kind != "cancelling":  # there, the sums' rounding is larger than the norm
            assert sure == (part <= 0.99)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38])
def test_no_number_or_too_large_a_one_is_never_sure(bad, answer):
    x, d = products(np.random.default_rng(7), "any")
    x[3, 4] = bad
    assert not answer(x, d, np.zeros(30, np.float32))[0]
    assert not answer(d[:, :3] * 0 + 1, d, np.full(30, bad, np.float32))[0]


def test_squares_too_small_for_float32_may_yet_matter(answer):
    """D D^T is 0 in float32, and X^T D is not: its norm is above the clip."""
    x = np.full((BATCH, 4096), 1e17, np.float32)
    d = np.full((BATCH, 4096), 1e-19, np.float32)
    sure, norm, factor = answer(x, d, np.zeros(30, np.float32))
    assert norm > 400
    assert factor < 0.02
    assert not sure


@pytest.mark.parametrize("clip", [1e-19, 2e19, 1e22])
def test_clips_whose_squares_float32_does_not_hold_ask_always(clip, make_network):
    assert asked(make_network(layers, (50,), clip_gradients=clip)) == 0


def test_a_large_batch_makes_the_question_dearer_than_the_norm(
    make_network, monkeypatch
):
    monkeypatch.setattr(idle_norms, "_WORTHWHILE", 1 << 20)
    monkeypatch.setattr(idle_norms, "_MAX_PRODUCTS", 2)

    def one_large(net):
        net = tflearn.fully_connected(net, 128, activation="relu")
        return tflearn.fully_connected(net, 3, activation="softmax")

    network = make_network(one_large, (4096,))
    assert asked(network, [10]) == asked(network, [10, 3]) == 1
    assert asked(network, [64]) == asked(network, [10, 64]) == 0


@pytest.mark.parametrize("waits_for", ["SGD/global_norm/Sum", "SGD/global_norm/mul"])
def test_what_waits_for_a_norm_gets_it(waits_for, make_network):
    """An operation that would not run where it is not asked for must have no others."""
    network = make_network(layers, (50,))
    factor, found = idle_norms._clipping(network)
    parts = extract_step(network, Averages(network), [BATCH]).graph_def.node
    step = {node.name: node for node in parts}
    found = [name for name in found if step[name].input[0].endswith("/needed")]
    assert idle_norms._lead_to(step, found, factor)
    other = tf.NodeDef(name="other", op="NoOp", input=[f"^{waits_for}"])
    assert not idle_norms._lead_to({**step, "other": other}, found, factor)
    other = tf.NodeDef(name="other", op="NoOp", input=[f"^{factor}"])
    assert not idle_norms._lead_to({**step, "other": other}, found, factor)


def regularized(net):
    net = tflearn.fully_connected(net, 60, regularizer="L2", name="fc_layer_1")
    return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_2")


def test_what_is_small_or_no_single_product_is_asked_for(make_network, monkeypatch):
    assert asked(make_network(layers, (50,))) == 2
    assert asked(make_network(regularized, (50,))) == 0
    assert asked(make_network(layers, (50,), clip_gradients=0.0)) == 0
    monkeypatch.setattr(idle_norms, "_WORTHWHILE", 4 * 50 * 60)
    assert asked(make_network(layers, (50,))) == 1


def test_so_many_numbers_that_a_sum_of_them_says_little(make_network, monkeypatch):
    monkeypatch.setattr(idle_norms, "_U", 1e-3)
    assert asked(make_network(layers, (50,))) == 0


@pytest.mark.parametrize(
    "name", ["TF_SET_ONEDNN_FPMATH_MODE", "ONEDNN_DEFAULT_FPMATH_MODE"]
)
def test_products_in_less_than_float32_say_nothing(name, make_network, monkeypatch):
    monkeypatch.setenv(name, "BF16")
    assert asked(make_network(layers, (50,))) == 0


def with_embedding(net):
    net = tflearn.embedding(net, input_dim=4, output_dim=60, name="embedding")
    net = tflearn.fully_connected(net, 60, activation="relu", name="fc_layer_1")
    return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_2")


def test_an_embedding_may_come_first(make_network):
    assert asked(make_network(with_embedding, (6,))) == 1
