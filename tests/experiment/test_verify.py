"""`beenet verify` kills, compares, and would notice a difference."""

import sys

import pytest

from beenet.errors import TrainingError
from beenet.experiment import train
from beenet.experiment.verify import verify

story = sys.modules["beenet.experiment.verify"]


@pytest.fixture
def in_this_process(monkeypatch, recorder):
    """Train without processes and kills, which take their time; spoil the second."""

    def use(spoil=lambda folder: None):
        def go(loaded, run_dir, data_dir, kill_at):
            if kill_at is not None:
                return kill_at
            folder = train(loaded, run_dir, data_dir=data_dir, reporter=recorder())
            if run_dir.name == "b":
                spoil(folder)
            return 0

        monkeypatch.setattr(story, "_in_child", go)

    return use


@pytest.mark.slow
def test_a_training_of_one_step_can_be_killed_too(tiny, recorder, in_this_process):
    in_this_process()
    loaded = tiny("training.epochs=1", "training.batch_size=60")
    verdict = verify(loaded, kills=2, seed=0, reporter=recorder())
    assert (verdict.epochs, verdict.steps, verdict.kills) == (1, 1, (1, 1))
    assert verdict.differing == ()


def test_a_bit_that_differs_and_a_file_that_is_gone_are_found(
    tiny, recorder, in_this_process
):
    def spoil(folder):
        path = folder.path / "model.tfl.index"
        data = bytearray(path.read_bytes())
        data[7] ^= 1
        path.write_bytes(data)
        (folder.path / "model.tfl.meta").unlink()
        folder.outcomes.write_bytes(b"other answers")

    in_this_process(spoil)
    verdict = verify(tiny("training.epochs=1"), kills=1, seed=0, reporter=recorder())
    assert verdict.differing == ("model.tfl.index", "model.tfl.meta", "outcomes.npz")
    assert {"history.csv", "TensorBoard scalars"} < set(verdict.compared)
    assert verdict.to_json()["same"] is False


@pytest.mark.slow
def test_it_kills_and_finds_the_same_bytes(tiny, recorder):
    verdict = verify(tiny(), kills=2, seed=1, reporter=recorder())
    assert (verdict.epochs, verdict.steps, verdict.differing) == (2, 18, ())
    assert all(0 < step <= 18 for step in verdict.kills)


@pytest.mark.slow
def test_a_training_that_fails_says_why(tiny, recorder):
    loaded = tiny("optimizer={sgd: {learning_rate: 1e38}}", "training.epochs=1")
    with pytest.raises(TrainingError, match=r"the training failed: .* try a smaller"):
        verify(loaded, kills=1, seed=0, reporter=recorder())
