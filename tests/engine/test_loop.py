"""How the loop runs: chunks, resuming inside an epoch, stopping, diverging."""

import threading

import numpy as np
import pytest

from beenet.engine import TrainLoop
from beenet.engine import loop as loop_module
from beenet.errors import DivergedError, NetworkError
from beenet.network.build import build
from beenet.system.thread_plan import ThreadPlan
from beenet.tflearn_backend import tflearn
from tests.conftest import slow

SHAPE = (6,)


def with_dropout(net):
    net = tflearn.fully_connected(net, 20, activation="relu")
    net = tflearn.dropout(net, 0.5)
    return tflearn.fully_connected(net, 3, activation="softmax")


@pytest.fixture
def train(make_network, make_split, variables_of):
    """Train a fresh network for two epochs and return its losses and variables."""
    split = make_split(SHAPE, 3, 103, "uint8")

    def run(*, seed=3, chunk_steps=None):
        network = make_network(with_dropout, SHAPE)
        loop = TrainLoop(
            network, split, batch_size=10, seed=seed, chunk_steps=chunk_steps
        )
        chunks = [chunk for epoch in range(2) for chunk in loop.run_epoch(epoch)]
        return np.concatenate([c.losses for c in chunks]), variables_of(network)

    return run


def same(first, second):
    return np.array_equal(first[0], second[0]) and all(
        first[1][name].tobytes() == second[1][name].tobytes() for name in first[1]
    )


def test_no_chunk_is_larger_than_it_may_be(make_network, make_split, monkeypatch):
    """Not even the first ones, whose length nobody has measured yet."""
    monkeypatch.setattr(loop_module, "_CHUNK_BYTES", 2 * 10 * 6)
    network = make_network(with_dropout, SHAPE)
    split = make_split(SHAPE, 3, 103, "uint8")
    loop = TrainLoop(network, split, batch_size=10, seed=3)
    steps = [len(chunk.losses) for chunk in loop.run_epoch(0)]
    assert steps[:2] == [2, 2]
    assert max(steps) == 2


def test_two_runs_give_the_same_bytes_and_another_seed_others(train):
    once = train()
    assert same(once, train())
    assert not same(once, train(seed=4))


@pytest.mark.parametrize("plan", [slow(ThreadPlan(2, 2)), ThreadPlan(1, 2)])
def test_two_runs_give_the_same_bytes_on_many_threads(
    make_network, make_split, variables_of, plan
):
    def recurrent(net):
        return tflearn.fully_connected(tflearn.lstm(net, 4), 3, activation="softmax")

    split = make_split((6, 2), 3, 103, "float32")
    runs = []
    for _ in range(2):
        network = make_network(recurrent, (6, 2), plan=plan)
        loop = TrainLoop(network, split, batch_size=10, seed=3)
        losses = [chunk.losses for chunk in loop.run_epoch(0)]
        runs.append((np.concatenate(losses), variables_of(network)))
    assert same(*runs)


@pytest.mark.parametrize("chunk_steps", [1, slow(3), 50])
def test_no_result_depends_on_the_chunks(train, chunk_steps):
    assert same(train(), train(chunk_steps=chunk_steps))


def test_an_epoch_can_be_entered_in_the_middle(make_network, make_split, variables_of):
    split = make_split(SHAPE, 3, 103, "float32")
    whole = make_network(with_dropout, SHAPE)
    loop = TrainLoop(whole, split, batch_size=10, seed=3, chunk_steps=4)
    chunks = loop.run_epoch(0)
    first = next(chunks)
    middle = variables_of(whole)
    losses = np.concatenate([chunk.losses for chunk in chunks])

    resumed = make_network(with_dropout, SHAPE)
    for name, variable in resumed.variables().items():
        variable.load(middle[name], resumed.session)
    loop = TrainLoop(resumed, split, batch_size=10, seed=3)
    tail = list(loop.run_epoch(0, start_step=first.step))

    np.testing.assert_array_equal(np.concatenate([c.losses for c in tail]), losses)
    assert tail[-1].step == loop.steps_per_epoch == 11
    assert same((losses, variables_of(whole)), (losses, variables_of(resumed)))


def test_an_epoch_can_be_left_in_the_middle(make_network, make_split):
    network = make_network(with_dropout, SHAPE)
    split = make_split(SHAPE, 3, 103, "float32")
    loop = TrainLoop(network, split, batch_size=10, seed=3, chunk_steps=2)
    assert [chunk.step for chunk in loop.run_epoch(0, 2, 5)] == [4, 5]
    assert list(loop.run_epoch(0, 5, 5)) == []


@pytest.fixture
def flipping(tiny, make_split):
    """A loop over 60 examples that turns some upside down, by their place."""
    config = tiny("augmentation=[random_flip_updown]", "layers[2]=flatten").config
    with build(config, (8, 8, 1), 3) as network:
        split = make_split((8, 8, 1), 3, 60, "uint8")
        yield lambda steps: TrainLoop(
            network, split, batch_size=7, seed=3, chunk_steps=steps
        )


@pytest.fixture
def fed(monkeypatch):
    """Note the batches of a loop, as it trains."""

    def fed(loop):
        seen, run = [], loop._compiled.run

        def noted(batches, *at):
            seen.extend(np.array(batches.x))
            return run(batches, *at)

        monkeypatch.setattr(loop._compiled, "run", noted)
        list(loop.run_epoch(0))
        return seen

    return fed


@pytest.mark.parametrize("steps", [1, 4])
def test_each_step_is_fed_the_same_whatever_its_chunk_and_when_asked(
    flipping, fed, steps
):
    loop = flipping(steps)
    batches = fed(loop)
    assert len(batches) == loop.steps_per_epoch == 9
    for step, batch in enumerate(batches):
        np.testing.assert_array_equal(loop.batch(0, step).x[0], batch)


@pytest.fixture
def gathered(monkeypatch):
    """Return the numbers of examples that are gathered, chunk by chunk."""
    numbers, gather = [], loop_module.gather

    def counted(split, rows, *others):
        numbers.append(len(rows))
        return gather(split, rows, *others)

    monkeypatch.setattr(loop_module, "gather", counted)
    return numbers


def test_chunks_count_steps(make_network, make_split, gathered):
    loop = TrainLoop(
        make_network(with_dropout, SHAPE),
        make_split(SHAPE, 3, 103, "float32"),
        batch_size=10,
        seed=3,
        chunk_steps=4,
    )
    chunks = list(loop.run_epoch(0))
    assert [chunk.step for chunk in chunks] == [4, 8, 10, 11]
    assert [len(chunk.metrics) for chunk in chunks] == [4, 4, 2, 1]
    assert gathered == [40, 40, 20, 3]
    assert all(chunk.losses.dtype == np.float32 for chunk in chunks)


def test_a_batch_larger_than_the_split(make_network, make_split, gathered):
    split = make_split(SHAPE, 3, 7, "float32")
    network = make_network(with_dropout, SHAPE)
    loop = TrainLoop(network, split, batch_size=10, seed=3)
    assert len(list(loop.run_epoch(0))) == 1
    assert gathered == [7]


def test_closing_leaves_no_thread_and_predicting_mode(make_network, make_split):
    network = make_network(with_dropout, SHAPE)
    split = make_split(SHAPE, 3, 103, "float32")
    loop = TrainLoop(network, split, batch_size=10, seed=3, chunk_steps=2)
    before = threading.active_count()
    chunks = loop.run_epoch(0)
    next(chunks)
    assert network.session.run(_mode(network))
    chunks.close()
    assert threading.active_count() == before
    assert not network.session.run(_mode(network))


def _mode(network):
    with network.graph.as_default():
        return tflearn.get_training_mode()


def without_relu(net):
    """Return a net that hides nothing behind a zero."""
    return tflearn.fully_connected(net, 3, activation="softmax")


@pytest.mark.parametrize("chunk_steps", [1, 4])
def test_a_loss_that_is_not_finite_stops_the_run_at_its_step(
    make_network, make_split, chunk_steps
):
    split = make_split(SHAPE, 3, 103, "float32")
    split.x[53] = np.inf
    loop = TrainLoop(
        make_network(without_relu, SHAPE),
        split,
        batch_size=10,
        seed=3,
        shuffle=False,
        chunk_steps=chunk_steps,
    )
    words = "the loss became nan in epoch 1, step 6$"
    with pytest.raises(DivergedError, match=words) as caught:
        list(loop.run_epoch(0))
    assert (caught.value.epoch, caught.value.step) == (0, 5)


def test_dropout_inside_a_dynamic_loop_is_refused(make_network, make_split):
    network = make_network(
        lambda net: tflearn.fully_connected(
            tflearn.lstm(net, 4, dropout=0.5, dynamic=True), 3, activation="softmax"
        ),
        (4, 2),
    )
    split = make_split((4, 2), 3, 20, "float32")
    with pytest.raises(NetworkError, match="leave out dynamic: true"):
        TrainLoop(network, split, batch_size=10, seed=3)
