"""Large layers hand their gradients on in blocks, and no bit changes."""

import numpy as np
import pytest

from beenet.engine.averages import Averages
from beenet.engine.compiled import CompiledSteps
from beenet.engine.feeding import gather
from beenet.engine.passes import blocked_products
from beenet.engine.step import extract_step
from beenet.system.thread_plan import ThreadPlan
from beenet.tflearn_backend import tflearn
from engine.identity import check
from tests.conftest import slow

UPDATE = "update_fc_layer_2/W/ResourceApplyGradientDescent"


def wide(rows, columns):
    """Layers whose second has weights of so many rows and columns."""

    def layers(net):
        net = tflearn.fully_connected(net, rows, activation="relu", name="fc_layer_1")
        net = tflearn.fully_connected(
            net, columns, activation="tanh", name="fc_layer_2"
        )
        return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_3")

    return layers


@pytest.fixture
def small(monkeypatch):
    """Make small layers worthwhile."""
    monkeypatch.setattr(blocked_products, "_WORTHWHILE", 1 << 15)
    monkeypatch.setattr(blocked_products, "_BLOCK", 1 << 14)


def products(network, batch_sizes=(10,)):
    """Return how many products hand the gradient of the second layer on."""
    nodes = extract_step(network, Averages(network), batch_sizes).graph_def.node
    ends = [n for n in nodes if n.name.endswith("fc_layer_2/MatMul_grad/MatMul")]
    if ends[0].op == "MatMul":
        return 1
    return sum(
        n.op == "MatMul" and n.name.startswith(f"{ends[0].name}/") for n in nodes
    )


@pytest.mark.parametrize(
    "plan", [slow(ThreadPlan(1, 1)), ThreadPlan(1, 2), slow(ThreadPlan(2, 2))]
)
@pytest.mark.parametrize(
    ("rows", "columns", "clip", "n"),
    [(400, 128, 5.0, 40), (240, 100, 0.0, 43), (208, 99, 5.0, 43)],
)
@pytest.mark.usefixtures("small")
def test_the_numbers_are_those_of_tflearn(
    rows, columns, clip, n, plan, make_network, make_split, answers
):
    layers = wide(rows, columns)
    network = make_network(layers, (24,), plan=plan, clip_gradients=clip)
    assert products(network, (10, 3)) > 1 or not all(answers)
    check(network, make_split((24,), 3, n, "uint8"), batch_size=10)


@pytest.mark.parametrize(
    ("rows", "columns", "expected"),
    [
        (400, 128, 13),
        (400, 100, 10),  # 4 rows of 100 fill 64 bytes
        (401, 128, 13),
        (402, 100, 1),  # cannot be cut where memory is aligned
        (60, 128, 1),  # not worthwhile
    ],
)
@pytest.mark.usefixtures("small", "alike")
def test_what_is_large_and_can_be_cut_is_divided(rows, columns, expected, make_network):
    assert products(make_network(wide(rows, columns), (24,))) == expected


@pytest.mark.parametrize(("batch_sizes", "expected"), [([3], 1), ([4, 1], 13)])
@pytest.mark.usefixtures("small", "alike")
def test_a_batch_that_is_taken_at_once_is_left(batch_sizes, expected, make_network):
    assert products(make_network(wide(400, 128), (24,)), batch_sizes) == expected


@pytest.mark.usefixtures("small", "alike")
def test_threads_that_share_each_operation_share_the_whole(make_network):
    network = make_network(wide(400, 128), (24,), plan=ThreadPlan(2, 1))
    assert products(network) == 1


@pytest.mark.usefixtures("small")
def test_what_has_other_bits_stays(make_network, monkeypatch):
    tried = []

    def try_bits(*given):
        tried.append([shapes.batch_size for shapes in given[-1]])

    monkeypatch.setattr(blocked_products, "same_bits", try_bits)
    assert products(make_network(wide(400, 128), (24,)), [10, 3]) == 1
    assert tried == [[10, 3]]


def parts(net):
    """Each example is two to the large layer."""
    net = tflearn.fully_connected(net, 800, activation="relu", name="fc_layer_1")
    net = tflearn.reshape(net, [-1, 400])
    net = tflearn.fully_connected(net, 128, activation="tanh", name="fc_layer_2")
    net = tflearn.reshape(net, [-1, 256])
    return tflearn.fully_connected(net, 3, activation="softmax", name="fc_layer_3")


@pytest.mark.usefixtures("small")
def test_what_is_tried_has_the_size_that_it_will_have(make_network, monkeypatch):
    seen = []

    def try_bits(node, _, __, batches):
        seen.append([shapes(node.input[0]) for shapes in batches])
        return True

    monkeypatch.setattr(blocked_products, "same_bits", try_bits)
    assert products(make_network(parts, (24,)), [10, 3]) > 1
    assert seen == [[(20, 128), (6, 128)]]


@pytest.mark.usefixtures("alike")
def test_the_lecture_s_first_convnet_is_too_small(make_network):
    network = make_network(wide(3920, 100), (24,))
    assert products(network) == 1
    assert products(make_network(wide(8192, 128), (24,))) == 8


@pytest.mark.usefixtures("alike")
def test_a_very_large_layer_has_few_blocks(make_network, monkeypatch):
    monkeypatch.setattr(blocked_products, "_WORTHWHILE", 1 << 15)
    monkeypatch.setattr(blocked_products, "_BLOCK", 1 << 9)
    assert products(make_network(wide(400, 128), (24,))) == 58  # of 7 rows


@pytest.mark.parametrize("clip", [0.0, 5.0])
@pytest.mark.parametrize("columns", [128, 100])
@pytest.mark.usefixtures("small", "alike")
def test_nothing_is_copied(columns, clip, make_network, make_split, allocated):
    network = make_network(wide(400, columns), (24,), clip_gradients=clip)
    steps = CompiledSteps(network, np.uint8, [10])
    batches = gather(make_split((24,), 3, 40, "uint8"), np.arange(40), 10)
    assert allocated(network, steps, batches, "SplitV", UPDATE) == [[0] * 4] * 2
